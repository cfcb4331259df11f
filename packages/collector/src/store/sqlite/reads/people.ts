import type { Database } from 'better-sqlite3'
import { uuidFromHex } from '../uuid.ts'

/** Who is behind the number of a viewer, as far as it is known. */
export interface KnownPerson {
  actorId: string | null
  /** From the traits of a signed-in user. */
  email: string | null
  anonymousId: string | null
}

const nobody: KnownPerson = { actorId: null, email: null, anonymousId: null }

/** The first byte of a viewer's key says what the others are: the id of a device, or the number of a user as text. */
const device = "CASE WHEN substr(viewer.key, 1, 1) = CAST('a' AS BLOB) THEN lower(hex(substr(viewer.key, 2))) END"
const user =
  "CASE WHEN substr(viewer.key, 1, 1) = CAST('u' AS BLOB) THEN CAST(CAST(substr(viewer.key, 2) AS TEXT) AS INTEGER) END"

/**
 * Names viewers: the signed-in ones and devices. Who was only known for a day or a session has no name. Many are looked
 * up at once, with the bytes as text: one by one would take several times as long.
 */
export class People {
  readonly #find

  constructor(db: Database) {
    this.#find = db.prepare<[string], KnownPerson & { viewer: number }>(`
      SELECT viewer.id AS viewer, actor.key AS actorId,
        CASE json_type(traits, '$.email') WHEN 'text' THEN traits ->> '$.email' END AS email, ${device} AS anonymousId
      FROM viewer LEFT JOIN actor ON actor.id = ${user}
      WHERE viewer.id IN (SELECT value FROM json_each(?))`)
  }

  /** Says of each of some viewers who it is. */
  of(viewers: Iterable<number>): (viewer: number) => KnownPerson {
    const found = new Map<number, KnownPerson>()
    for (const { viewer, actorId, email, anonymousId } of this.#find.all(JSON.stringify([...new Set(viewers)]))) {
      found.set(viewer, { actorId, email, anonymousId: anonymousId && uuidFromHex(anonymousId) })
    }
    return (viewer) => found.get(viewer) ?? nobody
  }
}
