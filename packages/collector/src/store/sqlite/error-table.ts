import type { Database } from 'better-sqlite3'
import type { ClientErrorQuery, ClientErrorRow, NewEvent, Outcome, Person } from '../store.ts'
import { dayMs } from './days.ts'
import type { Tombstones } from './tombstones.ts'
import { uuidBytes } from './uuid.ts'

const maxInAll = 10_000
const keptMs = 30 * dayMs

/** The errors that clients tell of: the newest, for a month. */
export class ErrorTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * One outcome for each.
   *
   * @param tombstones what was erased, and does not come back
   */
  keep(errors: readonly NewEvent[], tombstones: Pick<Tombstones, 'covers'>): Outcome[] {
    const insert = this.#db.prepare(`
      INSERT INTO client_error (event_id, trust, received_at, occurred_at, actor, anonymous_id, session_id, page, props)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id, trust) DO NOTHING`)
    const outcomes = errors.map((error): Outcome => {
      const id = uuidBytes(error.id)
      if (tombstones.covers(error, id)) return 'duplicate'
      if (error.expired) return 'expired'
      const { changes } = insert.run(
        id,
        error.trust === 'server' ? 1 : 0,
        error.receivedAt,
        error.occurredAt,
        error.actor?.id ?? null,
        error.anonymousId && uuidBytes(error.anonymousId),
        error.sessionId && uuidBytes(error.sessionId),
        error.page,
        error.props,
      )
      return changes === 1 ? 'stored' : 'duplicate'
    })
    this.#db.prepare('DELETE FROM client_error WHERE id <= (SELECT max(id) FROM client_error) - ?').run(maxInAll)
    return outcomes
  }

  /** The newest first. */
  list({ kind, before, limit }: ClientErrorQuery): ClientErrorRow[] {
    return this.#db
      .prepare<[object], ClientErrorRow>(`
        SELECT id, received_at AS receivedAt, occurred_at AS occurredAt, actor AS actorId, page, props FROM client_error
        WHERE id < @before AND (@kind IS NULL OR props ->> '$.kind' = @kind) ORDER BY id DESC LIMIT @limit`)
      .all({ kind: kind ?? null, before: before ?? Number.MAX_SAFE_INTEGER, limit })
  }

  purge(): number {
    return this.#db.prepare('DELETE FROM client_error').run().changes
  }

  erase(person: Person): number {
    const [column, id] = 'userId' in person ? ['actor', person.userId] : ['anonymous_id', uuidBytes(person.anonymousId)]
    return this.#db.prepare(`DELETE FROM client_error WHERE ${column} = ?`).run(id).changes
  }

  expire(now: number): void {
    this.#db.prepare('DELETE FROM client_error WHERE received_at < ?').run(now - keptMs)
  }
}
