import type { Database } from 'better-sqlite3'

export const dayMs = 86_400_000
export const hourMs = 3_600_000

/** The day of an instant, counted from 1970 in UTC. */
export const dayOf = (ms: number) => Math.floor(ms / dayMs)

/** The hour of an instant, counted in the same way. */
export const hourOf = (ms: number) => Math.floor(ms / hourMs)

/** Whether a range has all of a day, and not a part of it. */
export const hasWholeDay = ({ from, to }: { from: number; to: number }, day: number) =>
  from <= day * dayMs && (day + 1) * dayMs <= to

/**
 * The days whose rows were let go. Their numbers stay as they were then; what still comes in for them is kept in the
 * log as long as other rows, and not counted.
 */
export class FrozenDays {
  readonly #read
  readonly #write

  constructor(db: Database) {
    this.#read = db.prepare<[], number>('SELECT before_day FROM frozen').pluck()
    this.#write = db.prepare<[number]>(`
      INSERT INTO frozen (id, before_day) VALUES (1, ?)
      ON CONFLICT DO UPDATE SET before_day = max(before_day, excluded.before_day)`)
  }

  /** The first day that is not frozen. */
  get end(): number {
    return this.#read.get() ?? Number.MIN_SAFE_INTEGER
  }

  freeze(before: number): void {
    this.#write.run(before)
  }
}
