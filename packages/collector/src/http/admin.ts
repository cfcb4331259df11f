import { basename } from 'node:path'
import type { Handler } from 'hono'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { sendJson } from './http-problem.ts'

/** How the collector takes events in, as `/v1/admin/stats` shows it. */
export interface IngestSettings {
  /** Events that one transaction takes at most. */
  batchSize: number
  /** How long it waits for more of them. */
  batchTimeoutMs: number
  enableDeduplication: boolean
  enableEnrichment: boolean
  /** How long the fingerprint of an event without an id holds. */
  deduplicationTtlSeconds: number
  durability: 'normal' | 'full'
  /** For how many days rows are kept; null: for good. */
  keepDays: number | null
}

interface AdminDependencies {
  ring: KeyRing
  store: Store
  meter: Meter
  settings: IngestSettings
}

/** `GET /v1/admin/stats`: how taking in events goes, since the start and right now. */
export function statsHandler({ ring, store, meter, settings }: AdminDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    return sendJson(c, {
      bufferSize: meter.waiting,
      isProcessing: meter.waiting > 0,
      events: await meter.eventTotals(),
      latencyMs: meter.latencyMs,
      database: await store.size(),
      config: settings,
    })
  }
}

/** `POST /v1/admin/backup`: writes a copy beside the database; where that lies is not for the answer. */
export function backupHandler({ ring, store }: AdminDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const { file, bytes } = await store.backup()
    return sendJson(c, { file: basename(file), bytes }, { status: 201 })
  }
}

/** `POST /v1/admin/flush`: answers when everything that was received before is committed and folded. */
export function flushHandler({ ring, store, meter }: AdminDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const flushed = meter.waiting
    await store.flush()
    const message = `everything received so far is committed and counted; ${flushed} events were waiting`
    return sendJson(c, { flushed, message })
  }
}

/** `POST /v1/admin/scores/refresh`: computes all scores anew that entities are ranked by. */
export function refreshScoresHandler({ ring, store }: AdminDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    return sendJson(c, { refreshed: await store.refreshScores() })
  }
}
