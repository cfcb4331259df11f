import type { Database } from 'better-sqlite3'
import type { NewRejectedEvent, Person, RejectedEvent, RejectedGroup, RejectedQuery } from '../store.ts'
import { dayMs } from './days.ts'
import type { Tombstones } from './tombstones.ts'

const maxOfSender = 1000
const maxInAll = 10_000
const keptMs = 30 * dayMs

const matches = '(@code IS NULL OR code = @code) AND (@pointer IS NULL OR pointer = @pointer)'
const personMatches = `
  CASE WHEN json_valid(request) THEN request ->> '$.actor.id' END = @userId
  OR CASE WHEN json_valid(payload) THEN payload ->> '$.actorId' END = @userId
  OR lower(CASE WHEN json_valid(payload) THEN payload ->> '$.anonymousId' END) = lower(@anonymousId)`

/** Invalid events: so many of one sender, and in all the newest. */
export class RejectedTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Returns how many were kept.
   *
   * @param tombstones of those who were erased: what is late of theirs is not kept
   */
  keep(rejected: readonly NewRejectedEvent[], tombstones: Pick<Tombstones, 'coversPerson'>): number {
    const count = this.#db.prepare<[string], number>('SELECT count(*) FROM rejected_event WHERE sender = ?').pluck()
    const insert = this.#db.prepare(`
      INSERT INTO rejected_event (received_at, sender, code, pointer, detail, request, payload)
      VALUES (@receivedAt, @sender, @code, @pointer, @detail, @request, @payload)`)
    const counts = new Map<string, number>()
    let kept = 0
    for (const event of rejected) {
      const ofSender = counts.get(event.sender) ?? count.get(event.sender) ?? 0
      if (ofSender >= maxOfSender || isOfErased(event, tombstones)) continue
      insert.run(event)
      counts.set(event.sender, ofSender + 1)
      kept++
    }
    this.#db.prepare('DELETE FROM rejected_event WHERE id <= (SELECT max(id) FROM rejected_event) - ?').run(maxInAll)
    return kept
  }

  list({ code, pointer, after = 0, limit }: RejectedQuery): RejectedEvent[] {
    return this.#db
      .prepare<[object], RejectedEvent>(`
        SELECT id, received_at AS receivedAt, sender, code, pointer, detail, request, payload FROM rejected_event
        WHERE id > @after AND ${matches} ORDER BY id LIMIT @limit`)
      .all({ code: code ?? null, pointer: pointer ?? null, after, limit })
  }

  groups(): RejectedGroup[] {
    return this.#db
      .prepare<[], RejectedGroup>(`
        SELECT g.code, g.pointer, g.count, g.firstAt, g.lastAt, newest.detail, newest.payload AS sample
        FROM (SELECT code, pointer, count(*) AS count, min(received_at) AS firstAt, max(received_at) AS lastAt, max(id) AS id
              FROM rejected_event GROUP BY code, pointer) g
        JOIN rejected_event newest ON newest.id = g.id ORDER BY g.count DESC, g.code, g.pointer`)
      .all()
  }

  remove(ids: readonly number[]): number {
    return this.#db
      .prepare('DELETE FROM rejected_event WHERE id IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(ids)).changes
  }

  purge({ code, pointer }: Pick<RejectedQuery, 'code' | 'pointer'>): number {
    return this.#db
      .prepare(`DELETE FROM rejected_event WHERE ${matches}`)
      .run({ code: code ?? null, pointer: pointer ?? null }).changes
  }

  erase(person: Person): number {
    const whom = 'userId' in person ? { userId: person.userId, anonymousId: null } : { userId: null, ...person }
    return this.#db.prepare(`DELETE FROM rejected_event WHERE ${personMatches}`).run(whom).changes
  }

  expire(now: number): void {
    this.#db.prepare('DELETE FROM rejected_event WHERE received_at < ?').run(now - keptMs)
  }
}

/** Of those whom {@link personMatches} finds in it; what does not say when it happened has happened when it came. */
function isOfErased(
  { receivedAt, request, payload }: NewRejectedEvent,
  tombstones: Pick<Tombstones, 'coversPerson'>,
): boolean {
  const { actor, sentAt = receivedAt } = readObject(request) as { actor?: { id: string } | null; sentAt?: number }
  const { actorId, anonymousId, occurredAt } = readObject(payload)
  const at = new Date((occurredAt ?? receivedAt) as string | number).getTime() + receivedAt - sentAt
  const people = [
    ...[actor?.id, actorId].flatMap((userId) => (typeof userId === 'string' ? { userId } : [])),
    ...(typeof anonymousId === 'string' ? [{ anonymousId }] : []),
  ]
  return people.some((person) => tombstones.coversPerson(person, at))
}

/** What is no object says nothing. */
function readObject(json: string | null): Record<string, unknown> {
  const value: unknown = json === null ? null : JSON.parse(json)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
