import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { IngestRequest } from '../ingest/draft.ts'
import type { EventResult } from '../ingest/pipeline.ts'
import type { Store } from '../store/store.ts'
import { RecentLatencies } from './recent-latencies.ts'

/** Events by what became of them since the start. */
export interface EventTotals {
  stored: number
  duplicate: number
  rejected: number
  /** Accepted and left aside for another reason than that they were known. */
  ignored: number
}

const commitBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const skewBuckets = [-86_400, -3600, -300, -60, -10, -1, 1, 10, 60, 300, 3600, 86_400]

/**
 * What the collector counts of itself. A request costs it some tenths of a microsecond; sizes and ages are only asked
 * for when somebody reads them.
 */
export class Meter {
  readonly #registry = new Registry()
  readonly #latencies = new RecentLatencies()
  readonly #requests
  readonly #events
  readonly #commits
  readonly #skew
  readonly #unregistered
  readonly #now: () => number
  /** Events handed to the store that have no answer yet. */
  #waiting = 0
  #lastCommitAt: number | undefined

  constructor(store: Pick<Store, 'size' | 'fault'>, now: () => number) {
    this.#now = now
    const registers = [this.#registry]
    this.#requests = new Counter({
      name: 'tallymark_requests_total',
      help: 'Requests answered, by route and status',
      labelNames: ['route', 'status'],
      registers,
    })
    this.#events = new Counter({
      name: 'tallymark_events_total',
      help: 'Events by outcome: stored, ignored for a reason, or rejected with a problem code',
      labelNames: ['outcome', 'reason'],
      registers,
    })
    this.#commits = new Histogram({
      name: 'tallymark_commit_seconds',
      help: 'From handing the events of a request to the store to the answer after their commit',
      buckets: commitBuckets,
      registers,
    })
    this.#skew = new Histogram({
      name: 'tallymark_client_skew_seconds',
      help: 'How far the clocks of clients are behind, by what they say when they send',
      buckets: skewBuckets,
      registers,
    })
    this.#unregistered = new Gauge({
      name: 'tallymark_unregistered_entities',
      help: 'Entities that events name and that nobody has put, of the types that the plan wants checked',
      labelNames: ['entity_type'],
      registers,
    })
    const gauge = (name: string, help: string, read: () => number | undefined | Promise<number>) =>
      new Gauge({
        name: `tallymark_${name}`,
        help,
        registers,
        async collect() {
          const value = await read()
          if (value !== undefined) this.set(value)
        },
      })
    gauge('queue_events', 'Events received and not yet committed', () => this.#waiting)
    gauge('last_commit_age_seconds', 'Time since events were last committed', () =>
      this.#lastCommitAt === undefined ? undefined : Math.max(0, now() - this.#lastCommitAt) / 1000,
    )
    gauge('storage_up', 'Whether the last attempt to store events succeeded', () => (store.fault() ? 0 : 1))
    gauge('database_bytes', 'Size of the database', async () => (await store.size()).bytes)
    gauge('wal_bytes', 'Size of its write-ahead log', async () => (await store.size()).walBytes)
  }

  requestDone(route: string, status: number): void {
    this.#requests.inc({ route, status })
  }

  ingested(results: readonly EventResult[], { receivedAt, sentAt }: IngestRequest): void {
    if (sentAt !== undefined) this.#skew.observe((receivedAt - sentAt) / 1000)
    // A batch mostly meets one fate: one addition for each.
    const counts = new Map<string, number>()
    for (const result of results) {
      const fate = fateOf(result)
      counts.set(fate, (counts.get(fate) ?? 0) + 1)
    }
    for (const [fate, count] of counts) {
      const [outcome = '', reason = ''] = fate.split(' ')
      this.#events.inc({ outcome, reason }, count)
    }
  }

  /** How many entities of a type were named and never put, when it was last looked up. */
  unregistered(entityType: string, entities: number): void {
    this.#unregistered.set({ entity_type: entityType }, entities)
  }

  /** Times an append of a store. */
  timed(append: Store['append']): Store['append'] {
    return async (events) => {
      if (events.length === 0) return append(events)
      const begun = performance.now()
      this.#waiting += events.length
      try {
        const outcomes = await append(events)
        const tookMs = performance.now() - begun
        this.#commits.observe(tookMs / 1000)
        this.#latencies.add(tookMs)
        this.#lastCommitAt = this.#now()
        return outcomes
      } finally {
        this.#waiting -= events.length
      }
    }
  }

  get waiting(): number {
    return this.#waiting
  }

  get latencyMs(): { p50: number; p99: number } {
    return { p50: this.#latencies.quantile(0.5), p99: this.#latencies.quantile(0.99) }
  }

  async eventTotals(): Promise<EventTotals> {
    const totals: EventTotals = { stored: 0, duplicate: 0, rejected: 0, ignored: 0 }
    for (const { labels, value } of (await this.#events.get()).values) {
      const outcome = labels.reason === 'duplicate' ? 'duplicate' : labels.outcome
      totals[outcome as keyof EventTotals] += value
    }
    return totals
  }

  /** Everything in the text format of Prometheus. */
  exposition(): Promise<string> {
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }
}

function fateOf(result: EventResult): string {
  if ('rejection' in result) return `rejected ${result.rejection.code}`
  return result.ack.tracked ? 'stored' : `ignored ${result.ack.reason}`
}
