import { basename } from 'node:path'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'

/** How the collector takes events in, as `/v1/admin/stats` shows it. */
const ingestSettingsSchema = z.object({
  batchSize: z.int().describe('Events that one transaction takes at most'),
  batchTimeoutMs: z.number().describe('How long it waits for more of them'),
  enableDeduplication: z.boolean(),
  enableEnrichment: z.boolean(),
  deduplicationTtlSeconds: z.number().describe('How long the fingerprint of an event without an id holds'),
  durability: z.enum(['normal', 'full']),
  keepDays: z.int().nullable().describe('For how many days rows are kept; null: for good'),
})
export type IngestSettings = z.infer<typeof ingestSettingsSchema>

interface AdminDependencies {
  ring: KeyRing
  store: Store
  meter: Meter
  settings: IngestSettings
}

const stats = {
  id: 'getStats',
  tag: 'Upkeep',
  summary: 'How taking in events goes, since the start and right now',
  keys: ['admin'],
  answers: {
    200: json(
      'The figures',
      z.object({
        bufferSize: z.int().describe('Events received and not yet committed'),
        isProcessing: z.boolean(),
        events: z.object({ stored: z.int(), duplicate: z.int(), rejected: z.int(), ignored: z.int() }),
        latencyMs: z.object({ p50: z.number(), p99: z.number() }).describe('Of the latest commits'),
        database: z.object({ bytes: z.int(), walBytes: z.int() }),
        config: ingestSettingsSchema,
      }),
    ),
  },
} satisfies Operation

/** `GET /v1/admin/stats`: how taking in events goes, since the start and right now. */
export function statsHandler({ ring, store, meter, settings }: AdminDependencies): Handler {
  return described(stats, async (c) => {
    await requireKey(c, ring, stats.keys)
    return sendJson(c, {
      bufferSize: meter.waiting,
      isProcessing: meter.waiting > 0,
      events: await meter.eventTotals(),
      latencyMs: meter.latencyMs,
      database: await store.size(),
      config: settings,
    })
  })
}

const backup = {
  id: 'backUp',
  tag: 'Upkeep',
  summary: 'Writes a copy beside the database, while events are taken as ever',
  keys: ['admin'],
  answers: { 201: json('It is written', z.object({ file: z.string(), bytes: z.int() })) },
} satisfies Operation

/** `POST /v1/admin/backup`: writes a copy beside the database; where that lies is not for the answer. */
export function backupHandler({ ring, store }: AdminDependencies): Handler {
  return described(backup, async (c) => {
    await requireKey(c, ring, backup.keys)
    const { file, bytes } = await store.backup()
    return sendJson(c, { file: basename(file), bytes }, { status: 201 })
  })
}

const flush = {
  id: 'flush',
  tag: 'Upkeep',
  summary: 'Answers when everything that was received before is committed and counted',
  keys: ['admin'],
  answers: { 200: json('It is', z.object({ flushed: z.int(), message: z.string() })) },
} satisfies Operation

/** `POST /v1/admin/flush`: answers when everything that was received before is committed and folded. */
export function flushHandler({ ring, store, meter }: AdminDependencies): Handler {
  return described(flush, async (c) => {
    await requireKey(c, ring, flush.keys)
    const flushed = meter.waiting
    await store.flush()
    const message = `everything received so far is committed and counted; ${flushed} events were waiting`
    return sendJson(c, { flushed, message })
  })
}

const refreshScores = {
  id: 'refreshScores',
  tag: 'Upkeep',
  summary: 'Computes all scores anew that entities are ranked by',
  keys: ['admin'],
  answers: {
    200: json('They are', z.object({ refreshed: z.int().describe('Entities that have a score') })),
  },
} satisfies Operation

/** `POST /v1/admin/scores/refresh`: computes all scores anew that entities are ranked by. */
export function refreshScoresHandler({ ring, store }: AdminDependencies): Handler {
  return described(refreshScores, async (c) => {
    await requireKey(c, ring, refreshScores.keys)
    return sendJson(c, { refreshed: await store.refreshScores() })
  })
}
