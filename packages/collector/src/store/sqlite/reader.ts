import type { Count, CountsAnswer, EntityView } from '@tallymark/schemas'
import type { Database } from 'better-sqlite3'
import type { Page } from '../reads.ts'
import type { CountsQuery, EntityQuery, Person, SessionSummary, StoredKey } from '../store.ts'
import { ActivationTable } from './activation-table.ts'
import { type Found, findPerson } from './eraser.ts'
import { ErrorTable } from './error-table.ts'
import { KeyTable } from './key-table.ts'
import { pageOf } from './page.ts'
import { PendingCounts } from './pending-counts.ts'
import { PreferenceTable } from './preference-table.ts'
import { RejectedTable } from './rejected-table.ts'
import { RetentionTable } from './retention-table.ts'
import { uuidBytes } from './uuid.ts'

interface EntityColumns {
  id: number
  entityType: string
  entityId: string
  title: string | null
  ownerId: string | null
  publishedAt: number | null
  private: number
  metadata: string | null
}

const selectEntity = `
  SELECT entity.id, type.value AS entityType, key AS entityId, title, owner_id AS ownerId, published_at AS publishedAt,
    private, metadata
  FROM entity JOIN dictionary type ON type.id = entity.type WHERE registered = 1`

function toView({ entityType, entityId, title, ownerId, publishedAt, metadata, ...row }: EntityColumns): EntityView {
  return {
    entityType,
    entityId,
    title,
    ownerId,
    publishedAt: publishedAt === null ? null : new Date(publishedAt).toISOString(),
    visibility: row.private ? 'private' : 'public',
    metadata: metadata === null ? null : JSON.parse(metadata),
  }
}

/** What is read from the file: its own connection, which never waits for the writer. */
export class Reader {
  readonly #db: Database
  readonly #keys: KeyTable
  readonly #errors: ErrorTable
  readonly #rejected: RejectedTable
  readonly #retention: RetentionTable
  readonly #preferences: PreferenceTable
  readonly #activations: ActivationTable
  readonly #entity
  readonly #session
  readonly #counts
  readonly #pending: PendingCounts
  readonly #completeUpTo
  readonly #atOneMoment: <T>(read: () => T) => T

  constructor(db: Database) {
    this.#db = db
    this.#keys = new KeyTable(db)
    this.#errors = new ErrorTable(db)
    this.#rejected = new RejectedTable(db)
    this.#retention = new RetentionTable(db)
    this.#preferences = new PreferenceTable(db)
    this.#activations = new ActivationTable(db)
    this.#entity = db.prepare<[string, string], EntityColumns>(`
      ${selectEntity} AND entity.type = (SELECT id FROM dictionary WHERE value = ?) AND key = ?`)
    this.#session = db.prepare<[Buffer], SessionSummary>(`
      SELECT started_at AS startedAt, ended_at AS endedAt, interactions FROM session_span
      WHERE session = (SELECT id FROM session WHERE key = ?)`)
    this.#counts = db.prepare<[string, string, string], Count & { entityId: string; eventType: string }>(`
      SELECT entity.key AS entityId, type.value AS eventType, total.count, total.viewers AS "unique"
      FROM entity JOIN entity_total total ON total.entity = entity.id JOIN dictionary type ON type.id = total.type
      WHERE entity.type = (SELECT id FROM dictionary WHERE value = ?) AND entity.private = 0
        AND entity.key IN (SELECT value FROM json_each(?))
        AND total.type IN (SELECT id FROM dictionary WHERE value IN (SELECT value FROM json_each(?)))`)
    this.#pending = new PendingCounts(db)
    this.#completeUpTo = db
      .prepare<[], number>(
        'SELECT received_at FROM event WHERE seq <= (SELECT min(cursor) FROM projection) ORDER BY seq DESC LIMIT 1',
      )
      .pluck()
    const transaction = db.transaction((read: () => unknown) => read())
    this.#atOneMoment = <T>(read: () => T) => transaction(read) as T
  }

  keys(): StoredKey[] {
    return this.#keys.list()
  }

  entity(entityType: string, entityId: string): EntityView | undefined {
    const row = this.#entity.get(entityType, entityId)
    return row && toView(row)
  }

  entities({ entityType, ownerId, cursor = '0', limit }: EntityQuery): Page<EntityView> {
    // An owner has fewer entities than a type: the plus keeps SQLite from looking through those of the type.
    const type = ownerId === undefined ? 'entity.type' : '+entity.type'
    const ofType = entityType === undefined ? '' : `AND ${type} = (SELECT id FROM dictionary WHERE value = @entityType)`
    const ofOwner = ownerId === undefined ? '' : 'AND owner_id = @ownerId'
    const rows = this.#db
      .prepare<[object], EntityColumns>(
        `${selectEntity} AND entity.id > @after ${ofType} ${ofOwner} ORDER BY entity.id LIMIT @limit`,
      )
      .all({ after: Number(cursor), entityType, ownerId, limit: limit + 1 })
    const { items, nextCursor } = pageOf(rows, limit, ({ id }) => String(id))
    return { items: items.map(toView), nextCursor }
  }

  session(sessionId: string): SessionSummary | undefined {
    return this.#session.get(uuidBytes(sessionId))
  }

  /** With what is pending, unless that is too much: then it is not complete. */
  counts(query: CountsQuery): { answer: CountsAnswer; isComplete: boolean } {
    return this.#atOneMoment(() => {
      const isComplete = this.#pending.areFew
      return { answer: this.#countsOf(query, isComplete), isComplete }
    })
  }

  #countsOf({ entityType, entityIds, eventTypes }: CountsQuery, isPendingMeant: boolean): CountsAnswer {
    const found = new Map<string, Count>()
    const keys = JSON.stringify(entityIds)
    const types = JSON.stringify(eventTypes)
    for (const { entityId, eventType, count, unique } of this.#counts.iterate(entityType, keys, types)) {
      found.set(`${eventType} ${entityId}`, { count, unique })
    }
    const foundOf = (entityId: string, eventType: string): Count => {
      const key = `${eventType} ${entityId}`
      const count = found.get(key) ?? { count: 0, unique: 0 }
      found.set(key, count)
      return count
    }
    if (isPendingMeant) this.#pending.addTo(foundOf, entityType, keys, types)
    const countsOf = (entityId: string) => Object.fromEntries(eventTypes.map((type) => [type, foundOf(entityId, type)]))
    return { counts: Object.fromEntries(entityIds.map((id) => [id, countsOf(id)])) }
  }

  /** The time of receipt of the last event that every projection has seen. */
  completeUpTo(): number {
    return this.#completeUpTo.get() ?? 0
  }

  get errors(): ErrorTable {
    return this.#errors
  }

  get retention(): RetentionTable {
    return this.#retention
  }

  get rejected(): RejectedTable {
    return this.#rejected
  }

  get preferences(): PreferenceTable {
    return this.#preferences
  }

  get activations(): ActivationTable {
    return this.#activations
  }

  find(person: Person): Promise<Found> {
    return findPerson(this.#db, person)
  }

  close(): void {
    this.#db.close()
  }
}
