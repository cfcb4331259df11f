import type { Database } from 'better-sqlite3'

/** Who did something to an entity, by day: without what is over a client's cap. */
export class EntityViewers {
  readonly #viewers

  constructor(db: Database) {
    this.#viewers = db
      .prepare<[number, number, number, number], number>(
        'SELECT viewer FROM entity_day_viewer WHERE entity = ? AND type = ? AND day >= ? AND day <= ?',
      )
      .pluck()
  }

  /** By event type, on some days; one who came on several of them may be there several times. */
  of(entity: number, type: number, firstDay: number, lastDay: number): number[] {
    return this.#viewers.all(entity, type, firstDay, lastDay)
  }
}
