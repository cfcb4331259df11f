import type { Database } from 'better-sqlite3'
import { uuidText } from '../uuid-text.ts'

/** Who is behind the number of a viewer, as far as it is known. */
export interface KnownPerson {
  actorId: string | null
  /** From the traits of a signed-in user. */
  email: string | null
  anonymousId: string | null
}

const nobody: KnownPerson = { actorId: null, email: null, anonymousId: null }

/** Names viewers: the signed-in ones and devices. Who was only known for a day or a session has no name. */
export class People {
  readonly #viewer
  readonly #actor

  constructor(db: Database) {
    this.#viewer = db.prepare<[number], Buffer>('SELECT key FROM viewer WHERE id = ?').pluck()
    this.#actor = db.prepare<[number], { key: string; traits: string | null }>(
      'SELECT key, traits FROM actor WHERE id = ?',
    )
  }

  of(viewer: number): KnownPerson {
    const key = this.#viewer.get(viewer)
    const kind = key && String.fromCharCode(key[0] as number)
    if (key && kind === 'a' && key.length === 17) return { ...nobody, anonymousId: uuidText(key.subarray(1)) }
    if (key && kind === 'u' && /^u\d+$/.test(key.toString('latin1'))) {
      const actor = this.#actor.get(Number(key.subarray(1).toString('latin1')))
      return actor ? { ...nobody, actorId: actor.key, email: emailOf(actor.traits) } : nobody
    }
    return nobody
  }
}

function emailOf(traits: string | null): string | null {
  if (traits === null) return null
  const { email } = JSON.parse(traits) as { email?: unknown }
  return typeof email === 'string' ? email : null
}
