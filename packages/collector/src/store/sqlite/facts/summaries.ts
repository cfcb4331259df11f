import type { Database } from 'better-sqlite3'
import type { Worth } from '../../store.ts'
import { isOf, type Steps } from './funnel-steps.ts'
import { uncached } from './packed-record.ts'
import { PastTable } from './past-table.ts'
import type { PackedViewers } from './viewer-sets.ts'

/** What a summary was made of: the parts of its day before `parts`, as they were after so many edits. */
export interface SummaryPlan {
  day: number
  parts: number
  edits: number
}

/** All that is kept of a day: by the number of their kind, and the viewers. */
export interface Summary {
  kinds: readonly Uint8Array[]
  viewers: readonly PackedViewers[]
}

interface FactDay {
  sealed: number
  edits: number
  frozen: number
}

const neverTouched: FactDay = { sealed: 0, edits: 0, frozen: 0 }

/** The writer's side of the summaries: which parts are sealed for one, and the summaries themselves. */
export class Summaries {
  readonly past: PastTable
  readonly #db: Database
  readonly #day
  readonly #seal
  readonly #edit
  readonly #freeze
  readonly #keep
  readonly #forget
  readonly #keepViewers
  readonly #forgetViewers
  readonly #lagging

  constructor(db: Database) {
    this.past = new PastTable(db)
    this.#db = db
    this.#day = db.prepare<[number], FactDay>('SELECT sealed, edits, frozen FROM fact_day WHERE day = ?')
    this.#seal = db.prepare<[number, number]>(`
      INSERT INTO fact_day (day, sealed) VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed`)
    this.#edit = db.prepare<[number]>(`
      INSERT INTO fact_day (day, edits) VALUES (?, 1) ON CONFLICT DO UPDATE SET edits = edits + 1`)
    this.#freeze = db.prepare<[number]>(`
      INSERT INTO fact_day (day, frozen) VALUES (?, 1) ON CONFLICT DO UPDATE SET frozen = 1`)
    this.#keep = db.prepare<[number, number, number, Buffer]>('INSERT OR REPLACE INTO day_summary VALUES (?, ?, ?, ?)')
    this.#forget = db.prepare<[number]>('DELETE FROM day_summary WHERE day = ?')
    this.#keepViewers = db.prepare<[number, number, number, number, Buffer]>(
      'INSERT OR REPLACE INTO day_viewers VALUES (?, ?, ?, ?, ?)',
    )
    this.#forgetViewers = db.prepare<[number]>('DELETE FROM day_viewers WHERE day = ?')
    this.#lagging = db.prepare<[number, number, number], { day: number; parts: number }>(`
      WITH summed_up AS (
        SELECT day, CASE WHEN count(*) >= ? THEN min(parts) ELSE 0 END AS parts FROM day_summary GROUP BY day
      ), day_rows AS (
        SELECT p.day, max(part) + 1 AS parts, sum(rows) AS all_rows,
          coalesce(sum(rows) FILTER (WHERE part >= coalesce(s.parts, 0)), 0) AS new_rows
        FROM fact_part p LEFT JOIN summed_up s ON s.day = p.day GROUP BY p.day
      )
      SELECT day, parts FROM day_rows
      WHERE new_rows >= max(?, all_rows * ?) AND day NOT IN (SELECT day FROM fact_day WHERE frozen = 1)
      ORDER BY new_rows DESC LIMIT 1`)
  }

  /** How many parts of a day may be looked at for a summary: nothing is added to them any more. */
  sealedParts(day: number): number {
    return this.#of(day).sealed
  }

  isFrozen(day: number): boolean {
    return this.#of(day).frozen === 1
  }

  /**
   * Drops what was made of funnels that the plan does not declare any more, or at another place.
   *
   * @param first the number of the kind that the first funnel is
   */
  keepFunnels(first: number, funnels: readonly Steps[]): void {
    const made = this.#db
      .prepare<[number], { day: number; kind: number }>('SELECT day, kind FROM day_summary WHERE kind >= ?')
      .all(first)
    const dataOf = this.#db
      .prepare<[number, number], Buffer>('SELECT data FROM day_summary WHERE day = ? AND kind = ?')
      .pluck()
    const drop = this.#db.prepare<[number, number]>('DELETE FROM day_summary WHERE day = ? AND kind = ?')
    const isOther = ({ day, kind }: { day: number; kind: number }) => {
      const funnel = funnels[kind - first]
      return !funnel || !isOf(uncached(dataOf.get(day, kind) as Buffer), funnel)
    }
    const others = made.filter(isOther)
    if (others.length === 0) return
    this.#db.transaction(() => {
      for (const { day, kind } of others) drop.run(day, kind)
    })()
  }

  /**
   * Seals the day that has most rows beyond its summaries, where it is worth while: they are made of the whole day anew,
   * so on a day of millions it takes more rows than on one of thousands.
   *
   * @param kinds how many kinds of summaries there are: a day that lacks one is made anew
   */
  plan(kinds: number, { events, share }: Worth): SummaryPlan | undefined {
    const lagging = this.#lagging.get(kinds, events, share)
    if (!lagging) return undefined
    this.#seal.run(lagging.day, lagging.parts)
    return { ...lagging, edits: this.#of(lagging.day).edits }
  }

  /** Keeps what was made by a plan; not when its day was edited meanwhile. */
  keep({ day, parts, edits }: SummaryPlan, { kinds, viewers }: Summary): boolean {
    const now = this.#of(day)
    if (now.edits !== edits || now.frozen === 1) return false
    for (const [kind, data] of kinds.entries()) this.#keep.run(day, kind, parts, Buffer.from(data))
    for (const { type, entityType, viewers: count, data } of viewers) {
      this.#keepViewers.run(type, entityType, day, count, Buffer.from(data))
    }
    return true
  }

  /** Rows of a day were erased: what was made of them goes. */
  forget(day: number): void {
    this.#edit.run(day)
    this.#forget.run(day)
    this.#forgetViewers.run(day)
    this.past.forget(day)
  }

  freeze(day: number): void {
    this.#freeze.run(day)
    this.forget(day)
  }

  #of(day: number): FactDay {
    return this.#day.get(day) ?? neverTouched
  }
}
