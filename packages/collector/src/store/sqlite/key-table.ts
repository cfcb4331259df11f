import type { Database } from 'better-sqlite3'
import type { StoredKey } from '../store.ts'

type KeyRow = Omit<StoredKey, 'origins'> & { origins: string }

/** The access keys. */
export class KeyTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  list(): StoredKey[] {
    const rows = this.#db.prepare<[], KeyRow>(`
      SELECT id, kind, text, hash, origins, created_at AS createdAt, revoked_at AS revokedAt
      FROM access_key ORDER BY created_at, id`)
    return rows.all().map((row) => ({ ...row, origins: JSON.parse(row.origins) }))
  }

  add(key: StoredKey): void {
    const { id, kind, text, hash, origins, createdAt } = key
    this.#db
      .prepare('INSERT INTO access_key (id, kind, text, hash, origins, created_at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, kind, text, hash, JSON.stringify(origins), createdAt)
  }

  revoke(id: string, revokedAt: number): boolean {
    const revoke = this.#db.prepare<{ id: string; revokedAt: number }>(`
      UPDATE access_key SET revoked_at = @revokedAt
      WHERE id = @id AND (revoked_at IS NULL OR revoked_at > @revokedAt)`)
    return revoke.run({ id, revokedAt }).changes === 1
  }
}
