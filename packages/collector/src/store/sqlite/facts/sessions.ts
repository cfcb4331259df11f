import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../../bounded-map.ts'

const cachedSessions = 50_000

interface SessionColumn {
  sessionId: Buffer | null
  /** The session's number, once it was asked for. */
  session?: number | null
}

/** The sessions, numbered as the log is folded. */
export class Sessions {
  readonly #ids = new BoundedMap<string, number>(cachedSessions)
  readonly #find
  readonly #add

  constructor(db: Database) {
    this.#find = db.prepare<[Buffer], number>('SELECT id FROM session WHERE key = ?').pluck()
    this.#add = db.prepare<[Buffer]>('INSERT INTO session (key) VALUES (?)')
  }

  /** The number of a row's session; null where there is none. */
  id(row: SessionColumn): number | null {
    if (row.session === undefined) row.session = this.#idOf(row.sessionId)
    return row.session
  }

  forget(): void {
    this.#ids.clear()
  }

  #idOf(key: Buffer | null): number | null {
    if (key === null) return null
    const text = key.toString('latin1')
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#find.get(key) ?? Number(this.#add.run(key).lastInsertRowid)
    this.#ids.set(text, id)
    return id
  }
}
