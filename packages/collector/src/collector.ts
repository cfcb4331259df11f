import {
  type CompiledPlan,
  compilePlan,
  generalPlan,
  type Plan,
  sessionEndType,
  sessionStartType,
} from '@tallymark/schemas'
import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { checkReferencesJob } from './check-references.ts'
import type { OnError, RequestLine } from './http/observe.ts'
import { defaultRates, type RateOptions } from './http/rates.ts'
import { defaultLimits, type RequestLimits } from './http/request-limits.ts'
import type { AddressRanges } from './ingest/address-ranges.ts'
import { clientReader } from './ingest/client.ts'
import { clientKeys } from './ingest/client-key.ts'
import { DailySecret } from './ingest/daily-secret.ts'
import { fingerprintWindowMs } from './ingest/dedupe-key.ts'
import type { BotPolicy } from './ingest/mark-bot.ts'
import type { Places } from './ingest/places.ts'
import { userTokenVerifier } from './ingest/user-token.ts'
import { startJobs } from './jobs.ts'
import { KeyRing } from './keys/key-ring.ts'
import { Meter } from './metrics/meter.ts'
import { rolesOf } from './reports/roles.ts'
import { defaultTrending, type TrendingRule } from './reports/trending-rule.ts'
import { Retention, retentionJob } from './retention.ts'
import type { DedupeWindows } from './store/sqlite/dedupe.ts'
import { maxGroupEvents } from './store/sqlite/messages.ts'
import { openSqliteStore } from './store/sqlite/store.ts'
import { type Store, type StoredKey, StoreError } from './store/store.ts'
import { summaryJobs } from './summary-jobs.ts'

export interface CollectorOptions {
  /** Path of the SQLite file; it is created where there is none. */
  file: string
  /** Default: the general plan, which takes any event type and any entity type. */
  plan?: Plan
  /** Keys beside those in the store. */
  keys?: readonly StoredKey[]
  /** The secret with which the product's server signs user tokens (HS256). */
  userTokenSecret?: string | undefined
  /** Where addresses are, from a database in MaxMind's format: {@link loadPlaces}. Without it, no event has a country. */
  places?: Places | undefined
  /** Addresses behind which are servers and no visitors: {@link loadAddressRanges}. */
  datacenters?: AddressRanges | undefined
  /** Default `mark`: bots are stored, and left out of reports. `drop` gives them up, `keep` takes them for visitors. */
  bots?: BotPolicy
  /** Default `full`: an acknowledged event survives a power cut. */
  durability?: 'normal' | 'full'
  /** What clients and keys may send; default: {@link defaultRates}. */
  rates?: RateOptions
  /** How large requests may be; default: 512 KiB and 50 events, each of 32 KiB. */
  limits?: RequestLimits
  /** Events that public counts take of one client, entity and type a day, 0 for any number; default: 200. */
  publicCap?: number
  /** Whether counts and trending may be read without a key, as with a write key; default: not. */
  publicReads?: boolean
  /** What trending compares, and how; default: {@link defaultTrending}. */
  trending?: TrendingRule
  /** How many proxies stand in front of the collector and append the client's address; default: none. */
  trustProxy?: number
  /** Events are let go after so many days, 31 at least, while their counts stay. Default: never. */
  keepDays?: number | undefined
  /** Told of every error that is not a client's, and of the request in which it happened where there was one. */
  onError: OnError
  /** Told of every request once it is answered: its route, and not its path. */
  onRequest?: ((line: RequestLine) => void) | undefined
  now?: () => number
}

/** A running collector: its routes, and the store behind them. */
export interface Collector {
  app: Hono
  store: Store
  plan: CompiledPlan
  /** Refuses what comes from now on with 503; what is under way goes on. */
  stop(): void
  /** Counts an answer to what never became a request for `app`: it was no HTTP, or did not arrive in time. */
  unread(status: number, requestId: string): void
  /** Commits what is under way and closes the file. */
  close(): Promise<void>
}

/**
 * Puts a collector together. Serve its `app` with any server for Hono, or mount it in an app of yours.
 *
 * @throws {PlanError} when the plan is wrong
 * @throws {StoreError} when the file cannot be used
 * @example
 * const collector = await createCollector({ file: './tallymark.db', onError: console.error })
 * serve({ fetch: collector.app.fetch, port: 4600 })
 */
export async function createCollector(options: CollectorOptions): Promise<Collector> {
  const { file, keys = [], userTokenSecret, places, datacenters, bots = 'mark' } = options
  const { rates = defaultRates, trustProxy = 0, publicCap = 200, publicReads = false } = options
  const { trending = defaultTrending, limits = defaultLimits, durability = 'full', keepDays } = options
  const { onError, onRequest, now = Date.now } = options
  const plan = compilePlan(options.plan ?? generalPlan)
  const store = await openSqliteStore({
    file,
    durability,
    windows: windowsOf(plan),
    dailyCap: publicCap,
    plan: { passive: passiveTypes(plan), roles: rolesOf(plan) },
    funnels: [...plan.funnels.values()],
    onTrouble: onError,
    now,
  })
  const onUntold: OnError = (error, request) => {
    if (!(error instanceof StoreError && error.told)) onError(error, request)
  }
  const dailySecret = new DailySecret(`${file}-day-secret`, now, onError)
  const meter = new Meter(store, now)
  const retention = new Retention(store, keepDays)
  let stopping = false
  const app = await closingOnFailure(store, () =>
    createApp({
      plan,
      store,
      ring: new KeyRing(store, keys, now),
      userTokens: userTokenSecret === undefined ? undefined : userTokenVerifier(userTokenSecret, now),
      rates,
      limits,
      clientKeys: clientKeys(dailySecret, now),
      trustProxy,
      readClient: clientReader({ places, datacenters, dailySecret, onError }),
      bots,
      trending,
      publicReads,
      onError: onUntold,
      onRequest,
      settings: {
        batchSize: maxGroupEvents,
        batchTimeoutMs: 0,
        enableDeduplication: true,
        enableEnrichment: true,
        deduplicationTtlSeconds: fingerprintWindowMs / 1000,
        durability,
      },
      retention,
      isStopping: () => stopping,
      meter,
      now,
    }),
  )
  const stopJobs = startJobs(
    [
      // So soon after midnight the day's secret is destroyed where nobody asks for the next one.
      { name: 'day secret', firstAfterMs: 60_000, everyMs: 60_000, run: async () => dailySecret.sweep() },
      retentionJob(retention),
      checkReferencesJob(plan, store, meter),
      ...summaryJobs(store),
      { name: 'scores', firstAfterMs: 60_000, everyMs: 3_600_000, run: () => store.refreshScores() },
    ],
    onUntold,
  )
  return {
    app,
    store,
    plan,
    stop() {
      stopping = true
    },
    unread(status, requestId) {
      meter.requestDone('none', status)
      onRequest?.({ requestId, method: 'none', route: 'none', status, durationMs: 0 })
    },
    close() {
      stopJobs()
      return store.close()
    },
  }
}

/** What fails after the store was opened must not leave it open. */
async function closingOnFailure<T>(store: Store, make: () => T): Promise<T> {
  try {
    return make()
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Event types that say nothing of what a visitor did: what was merely seen, and the marks of a session's ends. */
function passiveTypes(plan: CompiledPlan): string[] {
  const impressions = plan.eventTypes.filter((type) => plan.event(type)?.role === 'impression')
  return [...impressions, sessionStartType, sessionEndType]
}

function windowsOf(plan: CompiledPlan): DedupeWindows {
  const rules = plan.eventTypes.flatMap((type) => {
    const rule = plan.event(type)?.dedupe
    return rule && rule !== 'none' ? [[type, rule.windowMs] as const] : []
  })
  return { byType: Object.fromEntries(rules), fallbackMs: fingerprintWindowMs }
}
