import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../bounded-map.ts'
import type { NewEntity } from '../store.ts'
import type { Dictionary } from './dictionary.ts'

/** What the writer needs to know of an entity to place an event on it. */
export interface EntityRow {
  id: number
  ownerId: string | null
  private: number
  registered: number
}

const cachedEntities = 100_000

/** The entities, numbered. One comes into being by being put, or with its first event. */
export class EntityTable {
  readonly #rows = new BoundedMap<string, EntityRow>(cachedEntities)
  readonly #dictionary: Dictionary
  readonly #find
  readonly #add
  readonly #put
  readonly #delete

  constructor(db: Database, dictionary: Dictionary) {
    this.#dictionary = dictionary
    this.#find = db.prepare<[number, string], EntityRow>(
      'SELECT id, owner_id AS ownerId, private, registered FROM entity WHERE type = ? AND key = ?',
    )
    this.#add = db.prepare<[number, string]>('INSERT INTO entity (type, key, registered) VALUES (?, ?, 0)')
    this.#put = db.prepare(`
      INSERT INTO entity (type, key, registered, title, owner_id, published_at, private, metadata)
      VALUES (@type, @key, 1, @title, @ownerId, @publishedAt, @private, @metadata)
      ON CONFLICT (type, key) DO UPDATE SET registered = 1, title = excluded.title, owner_id = excluded.owner_id,
        published_at = excluded.published_at, private = excluded.private, metadata = excluded.metadata`)
    this.#delete = db.prepare<[number, string]>(`
      UPDATE entity SET registered = 0, private = 1, title = NULL, owner_id = NULL, published_at = NULL, metadata = NULL
      WHERE type = ? AND key = ? AND registered = 1`)
  }

  find(entityType: string, entityId: string): EntityRow | undefined {
    const cacheKey = `${entityType}\n${entityId}`
    const known = this.#rows.get(cacheKey)
    if (known) return known
    const row = this.#find.get(this.#dictionary.id(entityType), entityId)
    if (row) this.#rows.set(cacheKey, row)
    return row
  }

  add(entityType: string, entityId: string): EntityRow {
    const id = Number(this.#add.run(this.#dictionary.id(entityType), entityId).lastInsertRowid)
    const row: EntityRow = { id, ownerId: null, private: 0, registered: 0 }
    this.#rows.set(`${entityType}\n${entityId}`, row)
    return row
  }

  put(entity: NewEntity): void {
    const { entityType, entityId, title, ownerId, publishedAt, visibility, metadata } = entity
    this.#rows.delete(`${entityType}\n${entityId}`)
    this.#put.run({
      type: this.#dictionary.id(entityType),
      key: entityId,
      title,
      ownerId,
      publishedAt,
      private: visibility === 'private' ? 1 : 0,
      metadata: metadata && JSON.stringify(metadata),
    })
  }

  /**
   * What was said of it goes. The row stays, for its events: private and nobody's, so that no public read shows it and
   * nothing more is tracked on it. Returns whether it had been put.
   */
  delete(entityType: string, entityId: string): boolean {
    this.#rows.delete(`${entityType}\n${entityId}`)
    return this.#delete.run(this.#dictionary.id(entityType), entityId).changes === 1
  }

  /** After a transaction was rolled back: numbers that it gave out do not exist. */
  forget(): void {
    this.#rows.clear()
  }
}
