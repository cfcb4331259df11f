import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../../bounded-map.ts'
import type { EntityRef } from '../../reads.ts'

const cachedEntities = 100_000

const none = { entityType: null, entityId: null }

/** What entities are called, by their numbers; 0 is none. */
export class EntityKeys {
  readonly #known = new BoundedMap<number, EntityRef>(cachedEntities)
  readonly #find

  constructor(db: Database) {
    this.#find = db.prepare<[number], EntityRef>(`
      SELECT d.value AS entityType, e.key AS entityId FROM entity e JOIN dictionary d ON d.id = e.type WHERE e.id = ?`)
  }

  of(entity: number): EntityRef | typeof none {
    if (entity === 0) return none
    const known = this.#known.get(entity) ?? this.#find.get(entity)
    if (known) this.#known.set(entity, known)
    return known ?? none
  }
}
