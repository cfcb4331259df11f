import type { Database } from 'better-sqlite3'
import { dayMs, dayOf, FrozenDays } from './days.ts'
import { PastTable } from './facts/past-table.ts'

/** Rows of the log that one step lets go. */
const stepRows = 500

/** Lets go what was received before a day began. Runs inside the writer's transaction, in small steps. */
export class Pruner {
  readonly #frozen: FrozenDays
  readonly #past: PastTable
  readonly #next
  readonly #delete
  /** The last row of the log that this run has looked at. */
  #at = 0

  constructor(db: Database) {
    this.#frozen = new FrozenDays(db)
    this.#past = new PastTable(db)
    this.#next = db.prepare<[number, number], { seq: number; receivedAt: number; occurredAt: number }>(`
      SELECT seq, received_at AS receivedAt, occurred_at AS occurredAt FROM event
      WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${stepRows}`)
    this.#delete = db.prepare<[string]>('DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))')
  }

  /**
   * The next step. The days before are frozen first, so that no count misses the rows that go.
   *
   * @param before the beginning of a day, in milliseconds
   * @param folded the last row that every projection has seen
   * @returns how many rows went, and whether there may be more
   */
  step(before: number, folded: number): { rows: number; isDone: boolean } {
    this.#freeze(dayOf(before))
    const rows = this.#next.all(this.#at, folded)
    const old = rows.filter(({ receivedAt, occurredAt }) => receivedAt < before && occurredAt < before)
    if (old.length > 0) this.#delete.run(JSON.stringify(old.map(({ seq }) => seq)))
    // Rows lie in the order of receipt: where a whole step has none that is old, none follows.
    const isDone = rows.length < stepRows || old.length === 0
    this.#at = isDone ? 0 : (rows.at(-1)?.seq ?? 0)
    return { rows: old.length, isDone }
  }

  /** What viewers did on frozen days is not known any more, from this moment on. */
  #freeze(before: number): void {
    if (before <= this.#frozen.end) return
    this.#frozen.freeze(before)
    this.#past.forgetAll()
  }
}

/** The beginning of the day so many days before an instant. */
export const daysBefore = (now: number, days: number) => (dayOf(now) - days) * dayMs
