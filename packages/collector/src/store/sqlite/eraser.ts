import type { Database } from 'better-sqlite3'
import type { Erased, Person } from '../store.ts'
import { type LoggedEvent, loggedColumns } from './projections/projection.ts'
import type { Tombstones } from './tombstones.ts'
import { uuidBytes } from './uuid.ts'
import { type ViewerColumns, viewerKey } from './viewers.ts'

/** The rows that a search before has found, and up to where in the log it has looked. */
export interface Found {
  seqs: readonly number[]
  upTo: number
}

interface PersonRow extends LoggedEvent {
  id: Buffer
}

/**
 * Erases a person from the log and from what was folded from it. Runs inside the writer's transaction: all of it
 * happens, or nothing. A device's rows from when somebody was signed in are that user's; they lose the device's id.
 */
export class Eraser {
  readonly #db: Database
  readonly #tombstones: Tombstones

  constructor(db: Database, tombstones: Tombstones) {
    this.#db = db
    this.#tombstones = tombstones
  }

  /** @param unfold takes rows back from the projections */
  erase(
    person: Person,
    found: Found,
    unfold: (rows: readonly LoggedEvent[]) => void,
    now: number,
  ): Omit<Erased, 'rejected' | 'errors'> {
    const viewer = this.#viewerOf(person)
    this.#tombstones.addPerson(person, now)
    if (!viewer) return { events: 0, unlinked: 0 }
    const rows = this.#rows(viewer, found)
    const theirs = rows.filter(({ actor }) => viewer.actor !== null || actor === null)
    unfold(theirs)
    for (const { id, occurredAt } of theirs) this.#tombstones.addEvent(id, occurredAt, now)
    this.#forSeqs('DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))', theirs)
    const others = rows.filter((row) => !theirs.includes(row))
    this.#forSeqs('UPDATE event SET anonymous_id = NULL WHERE seq IN (SELECT value FROM json_each(?))', others)
    // The number stays, so that nobody else gets it; behind it there is nobody any more.
    this.#db
      .prepare('UPDATE viewer SET key = randomblob(24) WHERE key = ?')
      .run(Buffer.from(viewerKey(viewer) ?? '', 'latin1'))
    if (viewer.actor !== null) {
      this.#db.prepare('DELETE FROM preference WHERE actor = ?').run(viewer.actor)
      this.#db.prepare('DELETE FROM actor WHERE id = ?').run(viewer.actor)
    }
    return { events: theirs.length, unlinked: others.length }
  }

  #viewerOf(person: Person): ViewerColumns | undefined {
    if ('anonymousId' in person) {
      return { actor: null, anonymousId: uuidBytes(person.anonymousId), dayViewer: null, sessionId: null }
    }
    const actor = actorOf(this.#db, person.userId)
    return actor === undefined ? undefined : { actor, anonymousId: null, dayViewer: null, sessionId: null }
  }

  #rows({ actor, anonymousId }: ViewerColumns, { seqs, upTo }: Found): PersonRow[] {
    const select = `SELECT id, ${loggedColumns} FROM event`
    const known = this.#db.prepare<[string], PersonRow>(`${select} WHERE seq IN (SELECT value FROM json_each(?))`)
    const newer = this.#db.prepare<[number, number | Buffer | null], PersonRow>(
      `${select} WHERE seq > ? AND ${columnOf(actor)} = ?`,
    )
    return [...known.all(JSON.stringify(seqs)), ...newer.all(upTo, actor ?? anonymousId)]
  }

  #forSeqs(sql: string, rows: readonly PersonRow[]): void {
    if (rows.length > 0) this.#db.prepare(sql).run(JSON.stringify(rows.map(({ seq }) => seq)))
  }
}

const columnOf = (actor: number | null) => (actor === null ? 'anonymous_id' : 'actor')

const actorOf = (db: Database, userId: string) =>
  db.prepare<[string], number>('SELECT id FROM actor WHERE key = ?').pluck().get(userId)

/** Rows of the log that are looked at before others get their turn. */
const searchRows = 20_000

/**
 * Finds a person's rows, for which the log has no index. It looks at the whole of it, a stretch at a time, on a
 * connection that holds nobody up.
 */
export async function findPerson(db: Database, person: Person): Promise<Found> {
  const upTo = db.prepare<[], number | null>('SELECT max(seq) FROM event').pluck().get() ?? 0
  const actor = 'userId' in person ? actorOf(db, person.userId) : undefined
  const value = 'userId' in person ? actor : uuidBytes(person.anonymousId)
  if (value === undefined) return { seqs: [], upTo }
  const search = db
    .prepare<[number, number, number | Buffer], number>(
      `SELECT seq FROM event WHERE seq > ? AND seq <= ? AND ${columnOf(actor ?? null)} = ?`,
    )
    .pluck()
  const seqs: number[] = []
  const first = db.prepare<[], number | null>('SELECT min(seq) FROM event').pluck().get() ?? 0
  for (let after = first - 1; after < upTo; after += searchRows) {
    seqs.push(...search.all(after, Math.min(after + searchRows, upTo), value))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { seqs, upTo }
}
