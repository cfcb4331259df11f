import type { Database } from 'better-sqlite3'
import type { Page } from '../reads.ts'
import type { Activation, ActivationQuery } from '../store.ts'
import { pageOf } from './page.ts'

const select = `
  SELECT activation.id, type.value AS entityType, entity.key AS entityId, partner, kind, starts_at AS startsAt,
    ends_at AS endsAt, status, token_hash AS tokenHash, created_at AS createdAt
  FROM activation JOIN entity ON entity.id = activation.entity JOIN dictionary type ON type.id = entity.type`

/** The partners' campaigns. */
export class ActivationTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** @param entity the number of its entity */
  add(activation: Activation, entity: number): void {
    this.#db
      .prepare(`
        INSERT INTO activation (id, entity, partner, kind, starts_at, ends_at, status, token_hash, created_at)
        VALUES (@id, @entity, @partner, @kind, @startsAt, @endsAt, @status, @tokenHash, @createdAt)`)
      .run({ ...activation, entity })
  }

  /** Returns false when it is not as it was any more. */
  replace(was: Activation, { partner, kind, startsAt, endsAt, status, tokenHash }: Activation): boolean {
    const columns = '(partner, kind, starts_at, ends_at, status, token_hash)'
    const update = this.#db.prepare(`
      UPDATE activation SET ${columns} = (?, ?, ?, ?, ?, ?) WHERE id = ? AND ${columns} = (?, ?, ?, ?, ?, ?)`)
    const before = [was.partner, was.kind, was.startsAt, was.endsAt, was.status, was.tokenHash]
    return update.run(partner, kind, startsAt, endsAt, status, tokenHash, was.id, ...before).changes === 1
  }

  get(id: string): Activation | undefined {
    return this.#db.prepare<[string], Activation>(`${select} WHERE activation.id = ?`).get(id)
  }

  /** The newest first: the ids are ordered in time. */
  list({ cursor, limit, ...wanted }: ActivationQuery): Page<Activation> {
    const { entityType = null, entityId = null, partner = null, kind = null, status = null } = wanted
    const rows = this.#db
      .prepare<[object], Activation>(`
        ${select}
        WHERE (@before IS NULL OR activation.id < @before) AND (@entityType IS NULL OR type.value = @entityType)
          AND (@entityId IS NULL OR entity.key = @entityId) AND (@partner IS NULL OR partner = @partner)
          AND (@kind IS NULL OR kind = @kind) AND (@status IS NULL OR status = @status)
        ORDER BY activation.id DESC LIMIT @limit`)
      .all({ before: cursor ?? null, entityType, entityId, partner, kind, status, limit: limit + 1 })
    return pageOf(rows, limit, ({ id }) => id)
  }
}
