import type { Count, CountsAnswer, EntityView } from '@tallymark/schemas'
import type { Database } from 'better-sqlite3'
import type { CountsQuery, Person, StoredKey } from '../store.ts'
import { type Found, findPerson } from './eraser.ts'
import { ErrorTable } from './error-table.ts'
import { KeyTable } from './key-table.ts'
import { RejectedTable } from './rejected-table.ts'

interface EntityColumns {
  title: string | null
  ownerId: string | null
  publishedAt: number | null
  private: number
  metadata: string | null
}

/** What is read from the file: its own connection, which never waits for the writer. */
export class Reader {
  readonly #db: Database
  readonly #keys: KeyTable
  readonly #errors: ErrorTable
  readonly #rejected: RejectedTable
  readonly #entity
  readonly #counts
  readonly #completeUpTo

  constructor(db: Database) {
    this.#db = db
    this.#keys = new KeyTable(db)
    this.#errors = new ErrorTable(db)
    this.#rejected = new RejectedTable(db)
    this.#entity = db.prepare<[string, string], EntityColumns>(`
      SELECT title, owner_id AS ownerId, published_at AS publishedAt, private, metadata FROM entity
      WHERE type = (SELECT id FROM dictionary WHERE value = ?) AND key = ? AND registered = 1`)
    this.#counts = db.prepare<[string, string], Count & { entityId: string; eventType: string }>(`
      SELECT entity.key AS entityId, type.value AS eventType, total.count, total.viewers AS "unique"
      FROM entity JOIN entity_total total ON total.entity = entity.id JOIN dictionary type ON type.id = total.type
      WHERE entity.type = (SELECT id FROM dictionary WHERE value = ?) AND entity.private = 0
        AND entity.key IN (SELECT value FROM json_each(?))`)
    this.#completeUpTo = db
      .prepare<[], number>(
        'SELECT received_at FROM event WHERE seq <= (SELECT min(cursor) FROM projection) ORDER BY seq DESC LIMIT 1',
      )
      .pluck()
  }

  keys(): StoredKey[] {
    return this.#keys.list()
  }

  entity(entityType: string, entityId: string): EntityView | undefined {
    const row = this.#entity.get(entityType, entityId)
    if (!row) return undefined
    return {
      entityType,
      entityId,
      title: row.title,
      ownerId: row.ownerId,
      publishedAt: row.publishedAt === null ? null : new Date(row.publishedAt).toISOString(),
      visibility: row.private ? 'private' : 'public',
      metadata: row.metadata === null ? null : JSON.parse(row.metadata),
    }
  }

  counts({ entityType, entityIds, eventTypes }: CountsQuery): CountsAnswer {
    const found = new Map<string, Count>()
    for (const { entityId, eventType, ...count } of this.#counts.iterate(entityType, JSON.stringify(entityIds))) {
      found.set(`${eventType} ${entityId}`, count)
    }
    const countsOf = (entityId: string) =>
      Object.fromEntries(eventTypes.map((type) => [type, found.get(`${type} ${entityId}`) ?? { count: 0, unique: 0 }]))
    return { counts: Object.fromEntries(entityIds.map((id) => [id, countsOf(id)])) }
  }

  /** The time of receipt of the last event that every projection has seen. */
  completeUpTo(): number {
    return this.#completeUpTo.get() ?? 0
  }

  get errors(): ErrorTable {
    return this.#errors
  }

  get rejected(): RejectedTable {
    return this.#rejected
  }

  find(person: Person): Promise<Found> {
    return findPerson(this.#db, person)
  }

  close(): void {
    this.#db.close()
  }
}
