import { type CompiledPlan, compilePlan, generalPlan, type Plan } from '@tallymark/schemas'
import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { defaultRates, type RateOptions } from './http/rates.ts'
import { clientKeys } from './ingest/client-key.ts'
import { DailySecret } from './ingest/daily-secret.ts'
import { fingerprintWindowMs } from './ingest/dedupe-key.ts'
import { userTokenVerifier } from './ingest/user-token.ts'
import { KeyRing } from './keys/key-ring.ts'
import type { DedupeWindows } from './store/sqlite/dedupe.ts'
import { openSqliteStore } from './store/sqlite/store.ts'
import type { Store, StoredKey } from './store/store.ts'

export interface CollectorOptions {
  /** Path of the SQLite file; it is created where there is none. */
  file: string
  /** Default: the general plan, which takes any event type and any entity type. */
  plan?: Plan
  /** Keys beside those in the store. */
  keys?: readonly StoredKey[]
  /** The secret with which the product's server signs user tokens (HS256). */
  userTokenSecret?: string | undefined
  /** Default `full`: an acknowledged event survives a power cut. */
  durability?: 'normal' | 'full'
  /** What clients and keys may send; default: {@link defaultRates}. */
  rates?: RateOptions
  /** Events that public counts take of one client, entity and type a day, 0 for any number; default: 200. */
  publicCap?: number
  /** How many proxies stand in front of the collector and append the client's address; default: none. */
  trustProxy?: number
  /** Told of every error that is not a client's. */
  onError: (error: unknown) => void
  now?: () => number
}

/** How soon after midnight the day's secret is destroyed where nobody asks for the next one. */
const sweepEveryMs = 60_000

/** A running collector: its routes, and the store behind them. */
export interface Collector {
  app: Hono
  store: Store
  plan: CompiledPlan
  /** Refuses what comes from now on with 503; what is under way goes on. */
  stop(): void
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
  const { file, keys = [], userTokenSecret, durability = 'full', onError, now = Date.now } = options
  const { rates = defaultRates, trustProxy = 0, publicCap = 200 } = options
  const plan = compilePlan(options.plan ?? generalPlan)
  const store = await openSqliteStore({
    file,
    durability,
    windows: windowsOf(plan),
    dailyCap: publicCap,
    onTrouble: onError,
    now,
  })
  const dailySecret = new DailySecret(`${file}-day-secret`, now, onError)
  const sweeping = setInterval(() => dailySecret.sweep(), sweepEveryMs).unref()
  let stopping = false
  const app = await closingOnFailure(store, () =>
    createApp({
      plan,
      store,
      ring: new KeyRing(store, keys, now),
      userTokens: userTokenSecret === undefined ? undefined : userTokenVerifier(userTokenSecret, now),
      rates,
      clientKeys: clientKeys(dailySecret, now),
      trustProxy,
      onError,
      isStopping: () => stopping,
      now,
    }),
  )
  return {
    app,
    store,
    plan,
    stop() {
      stopping = true
    },
    close() {
      clearInterval(sweeping)
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

function windowsOf(plan: CompiledPlan): DedupeWindows {
  const rules = [...plan.eventTypes].flatMap((type) => {
    const rule = plan.event(type)?.dedupe
    return rule && rule !== 'none' ? [[type, rule.windowMs] as const] : []
  })
  return { byType: Object.fromEntries(rules), fallbackMs: fingerprintWindowMs }
}
