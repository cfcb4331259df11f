import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../bounded-map.ts'
import type { Actor } from '../store.ts'

interface ActorRow {
  id: number
  type: string | null
  traits: string | null
}

const cachedActors = 20_000

/** The authenticated users, numbered, each with what the last token or server call said of them. */
export class ActorTable {
  readonly #rows = new BoundedMap<string, ActorRow>(cachedActors)
  readonly #find
  readonly #put

  constructor(db: Database) {
    this.#find = db.prepare<[string], ActorRow>('SELECT id, type, traits FROM actor WHERE key = ?')
    this.#put = db.prepare<[string, string | null, string | null]>(`
      INSERT INTO actor (key, type, traits) VALUES (?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET type = excluded.type, traits = excluded.traits`)
  }

  /** The number of an actor, whose type and traits are brought up to date. */
  id(actor: Actor): number {
    const known = this.#rows.get(actor.id) ?? this.#find.get(actor.id)
    const type = actor.type ?? known?.type ?? null
    const traits = actor.traits ?? known?.traits ?? null
    if (known && known.type === type && known.traits === traits) {
      this.#rows.set(actor.id, known)
      return known.id
    }
    const { lastInsertRowid } = this.#put.run(actor.id, type, traits)
    const id = known?.id ?? Number(lastInsertRowid)
    this.#rows.set(actor.id, { id, type, traits })
    return id
  }

  forget(): void {
    this.#rows.clear()
  }
}
