import type { Database } from 'better-sqlite3'
import type { Range } from '../../reads.ts'
import { dayOf, FrozenDays } from '../days.ts'

/** How many viewers frozen days had, each by itself: who they were is not known any more. */
export class FrozenViewers {
  readonly #days: FrozenDays
  readonly #site
  readonly #entity

  constructor(db: Database) {
    this.#days = new FrozenDays(db)
    this.#site = db.prepare<[number, number, string | null, number | null], { day: number; viewers: number }>(`
      SELECT day, sum(viewers) AS viewers FROM frozen_viewers WHERE day >= ? AND day < ?
        AND type IN (SELECT value FROM json_each(?)) AND entity_type = coalesce(?, entity_type) GROUP BY day`)
    this.#entity = db.prepare<[string, string, number, number], { day: number; viewers: number }>(`
      SELECT day, sum(viewers) AS viewers FROM entity_day WHERE entity IN (SELECT value FROM json_each(?))
        AND type IN (SELECT value FROM json_each(?)) AND day >= ? AND day < ? GROUP BY day`)
  }

  /** The first day that is not frozen. */
  get end(): number {
    return this.#days.end
  }

  /** By day, of events of some types, on entities of one type or on any. Type 0 is any event. */
  ofTypes(types: readonly number[], entityType: number | undefined, range: Range): { day: number; viewers: number }[] {
    const days = this.#frozenDays(range)
    return days ? this.#site.all(days.from, days.to, JSON.stringify(types), entityType ?? null) : []
  }

  ofEntities(entities: readonly number[], types: readonly number[], range: Range): { day: number; viewers: number }[] {
    const days = this.#frozenDays(range)
    return days ? this.#entity.all(JSON.stringify(entities), JSON.stringify(types), days.from, days.to) : []
  }

  #frozenDays({ from, to }: Range): Range | undefined {
    const end = Math.min(this.#days.end, dayOf(to - 1) + 1)
    const first = Math.max(dayOf(from), Number.MIN_SAFE_INTEGER)
    return end > first ? { from: first, to: end } : undefined
  }
}
