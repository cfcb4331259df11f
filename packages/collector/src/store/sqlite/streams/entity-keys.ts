import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../../bounded-map.ts'

interface EntityKey {
  entityType: string
  entityId: string
}

const cachedEntities = 100_000

const none = { entityType: null, entityId: null }

/** What entities are called, by their numbers; 0 is none. */
export class EntityKeys {
  readonly #known = new BoundedMap<number, EntityKey>(cachedEntities)
  readonly #find

  constructor(db: Database) {
    this.#find = db.prepare<[number], EntityKey>(`
      SELECT d.value AS entityType, e.key AS entityId FROM entity e JOIN dictionary d ON d.id = e.type WHERE e.id = ?`)
  }

  of(entity: number): EntityKey | typeof none {
    if (entity === 0) return none
    const known = this.#known.get(entity) ?? this.#find.get(entity)
    if (known) this.#known.set(entity, known)
    return known ?? none
  }
}
