import type { Database } from 'better-sqlite3'

/** Numbers of viewers stay below this. */
const dayFactor = 2 ** 32

/** Who did something to an entity, by day: without what is over a client's cap. */
export class EntityViewers {
  readonly #viewers
  readonly #types
  readonly #visits

  constructor(db: Database) {
    this.#viewers = db
      .prepare<[number, number, number, number], number>(
        'SELECT viewer FROM entity_day_viewer WHERE entity = ? AND type = ? AND day >= ? AND day <= ?',
      )
      .pluck()
    this.#types = db.prepare<[number], number>('SELECT type FROM entity_total WHERE entity = ?').pluck()
    // One number a row: there may be a hundred thousand of them, and two would take twice as long.
    this.#visits = db
      .prepare<[number, number, number, number], number>(`
        SELECT day * ${dayFactor} + viewer FROM entity_day_viewer
        WHERE entity = ? AND type = ? AND day >= ? AND day <= ?`)
      .pluck()
  }

  /** The event types of which an entity has any. */
  types(entity: number): number[] {
    return this.#types.all(entity)
  }

  /** By event type, on some days; one who came on several of them may be there several times. */
  of(entity: number, type: number, firstDay: number, lastDay: number): number[] {
    return this.#viewers.all(entity, type, firstDay, lastDay)
  }

  /** As {@link of}, each viewer with the day. */
  visit(
    entity: number,
    type: number,
    firstDay: number,
    lastDay: number,
    visit: (day: number, viewer: number) => void,
  ): void {
    for (const both of this.#visits.all(entity, type, firstDay, lastDay)) {
      visit(Math.floor(both / dayFactor), both % dayFactor)
    }
  }
}
