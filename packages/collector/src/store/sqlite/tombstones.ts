import { hash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { NewEvent, Person } from '../store.ts'
import { dayMs } from './days.ts'

/** As long as an event of before may still be on its way: 30 days, and one for clocks. */
const keptMs = 31 * dayMs

/**
 * What is left of the erased: hashes of their ids and of their events', so that what a device still has in its queue
 * does not bring them back. What they do after the erasure is new, and is taken.
 */
export class Tombstones {
  readonly #add
  readonly #erasedAt
  readonly #expire
  readonly #count
  /** Mostly there are none, and nothing needs to be hashed. */
  #areThere: boolean

  constructor(db: Database) {
    this.#add = db.prepare<[Buffer, number]>(`
      INSERT INTO tombstone (hash, erased_at) VALUES (?, ?) ON CONFLICT DO UPDATE SET erased_at = excluded.erased_at`)
    this.#erasedAt = db.prepare<[Buffer], number>('SELECT erased_at FROM tombstone WHERE hash = ?').pluck()
    this.#expire = db.prepare<[number]>('DELETE FROM tombstone WHERE erased_at < ?')
    this.#count = db.prepare<[], number>('SELECT count(*) FROM tombstone').pluck()
    this.#areThere = this.#count.get() !== 0
  }

  /** Whether an event was erased, or is one of before its person was. */
  covers(event: NewEvent, id: Buffer): boolean {
    if (!this.#areThere) return false
    if (this.#erasedAt.get(hashOfEvent(id)) !== undefined) return true
    const { actor, anonymousId, occurredAt } = event
    const person = actor ? { userId: actor.id } : anonymousId === null ? undefined : { anonymousId }
    return person !== undefined && this.coversPerson(person, occurredAt)
  }

  /** Whether a person was erased at an instant, or later. */
  coversPerson(person: Person, occurredAt: number): boolean {
    const erasedAt = this.#areThere ? this.#erasedAt.get(hashOfPerson(person)) : undefined
    return erasedAt !== undefined && occurredAt <= erasedAt
  }

  /** The device of an event that stays: none where it was erased, and its user did this with it before. */
  deviceOf({ anonymousId, occurredAt }: NewEvent): string | null {
    return anonymousId === null || this.coversPerson({ anonymousId }, occurredAt) ? null : anonymousId
  }

  addPerson(person: Person, now: number): void {
    this.#add.run(hashOfPerson(person), now)
    this.#areThere = true
  }

  /** An event that is older than a retry may be is refused for its age. */
  addEvent(id: Buffer, occurredAt: number, now: number): void {
    if (occurredAt >= now - keptMs) this.#add.run(hashOfEvent(id), now)
  }

  expire(now: number): void {
    this.#expire.run(now - keptMs)
    this.#areThere = this.#count.get() !== 0
  }
}

const hashOfEvent = (id: Buffer) => hash('sha256', Buffer.concat([Buffer.from('event '), id]), 'buffer')

const hashOfPerson = (person: Person) =>
  hash('sha256', 'userId' in person ? `user ${person.userId}` : `visitor ${person.anonymousId.toLowerCase()}`, 'buffer')
