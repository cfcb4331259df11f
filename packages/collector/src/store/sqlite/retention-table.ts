import type { Database } from 'better-sqlite3'
import type { StoredRetention } from '../store.ts'
import { dayMs } from './days.ts'

interface RetentionRow {
  keepDays: number | null
  prunedAt: number | null
  prunedEvents: number | null
  beforeDay: number | null
}

/** For how long events are to be kept, and what was let go last. */
export class RetentionTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  read(): StoredRetention {
    const row = this.#db
      .prepare<[], RetentionRow>(`
        SELECT keep_days AS keepDays, pruned_at AS prunedAt, pruned_events AS prunedEvents, before_day AS beforeDay
        FROM (SELECT 1) LEFT JOIN retention LEFT JOIN frozen`)
      .get()
    const { keepDays = null, prunedAt = null, prunedEvents = null, beforeDay = null } = row ?? {}
    return {
      keepDays,
      last: prunedAt === null || prunedEvents === null ? null : { at: prunedAt, events: prunedEvents },
      frozenBefore: beforeDay === null ? null : beforeDay * dayMs,
    }
  }

  setKeepDays(keepDays: number | null): void {
    this.#db
      .prepare(
        'INSERT INTO retention (id, keep_days) VALUES (1, ?) ON CONFLICT DO UPDATE SET keep_days = excluded.keep_days',
      )
      .run(keepDays)
  }

  pruned(at: number, events: number): void {
    this.#db
      .prepare(`
        INSERT INTO retention (id, pruned_at, pruned_events) VALUES (1, ?, ?)
        ON CONFLICT DO UPDATE SET pruned_at = excluded.pruned_at, pruned_events = excluded.pruned_events`)
      .run(at, events)
  }
}
