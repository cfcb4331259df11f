import type { Database } from 'better-sqlite3'
import { FrozenDays } from '../days.ts'

/** No event comes in that happened longer ago, unless somebody takes in old ones. */
const lateDays = 31
/** As many are kept, so many days apart: reports of a month find a late one, those of two months an early one. */
const pastsKept = 4
const daysApart = 14

/** What viewers had done before a day: who was there, and how each came first. */
export interface Past {
  seen: Uint8Array
  touches: Uint8Array
}

/** The days that it is of: none of them is frozen. */
export interface PastDays {
  first: number
  before: number
}

/** What a past was made of: its days, when they and those before had so many rows, after so many edits. */
export interface PastPlan extends PastDays {
  rows: number
  edits: number
}

/** The writer's side of what viewers had done before a day. */
export class PastTable {
  readonly #frozen: FrozenDays
  readonly #days
  readonly #has
  readonly #rows
  readonly #edits
  readonly #keep
  readonly #forget
  readonly #forgetBefore

  constructor(db: Database) {
    this.#frozen = new FrozenDays(db)
    this.#days = db.prepare<[number], { first: number | null; last: number }>(
      'SELECT min(day) AS first, max(day) AS last FROM fact_part WHERE day >= ?',
    )
    this.#has = db.prepare<[number], number>('SELECT 1 FROM past WHERE before_day = ?').pluck()
    this.#rows = db.prepare<[number], number>('SELECT coalesce(sum(rows), 0) FROM fact_part WHERE day < ?').pluck()
    this.#edits = db.prepare<[number], number>('SELECT coalesce(sum(edits), 0) FROM fact_day WHERE day < ?').pluck()
    this.#keep = db.prepare<[number, Buffer, Buffer]>('INSERT OR REPLACE INTO past VALUES (?, ?, ?)')
    this.#forget = db.prepare<[number]>('DELETE FROM past WHERE before_day > ?')
    this.#forgetBefore = db.prepare<[number]>('DELETE FROM past WHERE before_day < ?')
  }

  /** One that is missing, the latest first. */
  plan(): PastPlan | undefined {
    const { first, last } = this.#days.get(this.#frozen.end) ?? {}
    if (first === undefined || first === null || last === undefined) return undefined
    const latest = Math.floor((last - lateDays) / daysApart) * daysApart
    this.#forgetBefore.run(latest - (pastsKept - 1) * daysApart)
    for (let before = latest; before > Math.max(first, latest - pastsKept * daysApart); before -= daysApart) {
      if (this.#has.get(before) === undefined) return { first, before, ...this.#stateOf(before) }
    }
    return undefined
  }

  /** Keeps what was made by a plan; not when one of its days was changed meanwhile. */
  keep({ first, before, rows, edits }: PastPlan, { seen, touches }: Past): boolean {
    const now = this.#stateOf(before)
    if (now.rows !== rows || now.edits !== edits || this.#frozen.end > first) return false
    this.#keep.run(before, Buffer.from(seen), Buffer.from(touches))
    return true
  }

  /** Something came in for a day, or was taken from it. */
  forget(day: number): void {
    this.#forget.run(day)
  }

  forgetAll(): void {
    this.#forget.run(Number.MIN_SAFE_INTEGER)
  }

  #stateOf(before: number): { rows: number; edits: number } {
    return { rows: this.#rows.get(before) ?? 0, edits: this.#edits.get(before) ?? 0 }
  }
}
