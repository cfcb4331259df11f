import type { Database } from 'better-sqlite3'
import { rowsAtOnce } from '../../../row-text.ts'
import type { StreamQuery, StreamRow } from '../../reads.ts'
import { flags } from '../facts/fact.ts'
import { isoTimes } from '../iso-time.ts'
import type { ReadContext } from '../reads/context.ts'
import { People } from '../reads/people.ts'
import { uuidFromHex } from '../uuid.ts'
import { eventsByViewer } from './viewer-events.ts'

const columns = ['type', 'entity', 'session', 'surface', 'source', 'position', 'duration', 'flags'] as const

/** What each viewer did, one event a row, in its order. */
export function* sequences(context: ReadContext, query: StreamQuery<'sequences'>): Generator<StreamRow<'sequences'>[]> {
  const { db, names } = context
  const people = new People(db)
  const sessions = new SessionIds(db)
  const isoTime = isoTimes()
  const nameOf = (id: number) => (id === 0 ? null : names.text(id))
  for (const { order, viewer, at, columns: of } of eventsByViewer(context, query, columns)) {
    for (let from = 0; from < order.length; from += rowsAtOnce) {
      const rows = order.subarray(from, from + rowsAtOnce)
      const personOf = people.of(rows.map((row) => viewer[row] as number))
      const sessionOf = sessions.of(rows.map((row) => of.session[row] as number))
      yield Array.from(rows, (row) => {
        const who = viewer[row] as number
        const { actorId, anonymousId } = personOf(who)
        const { entityType, entityId } = names.entityRefOrNone(of.entity[row] as number)
        return {
          viewer: who,
          actorId,
          anonymousId,
          sessionId: sessionOf(of.session[row] as number),
          occurredAt: isoTime(at[row] as number),
          eventType: names.text(of.type[row] as number),
          entityType,
          entityId,
          surface: nameOf(of.surface[row] as number),
          source: nameOf(of.source[row] as number),
          position: of.position[row] === 0 ? null : (of.position[row] as number) - 1,
          durationMs: of.duration[row] as number,
          completed: ((of.flags[row] as number) & flags.completed) !== 0,
        }
      })
    }
  }
}

/** The ids of sessions by their numbers, many at once. */
class SessionIds {
  readonly #find

  constructor(db: Database) {
    this.#find = db
      .prepare<[string], [session: number, key: string]>(
        'SELECT id, lower(hex(key)) FROM session WHERE id IN (SELECT value FROM json_each(?))',
      )
      .raw()
  }

  of(sessions: Iterable<number>): (session: number) => string | null {
    const found = new Map<number, string>()
    for (const [session, key] of this.#find.all(JSON.stringify([...new Set(sessions)]))) {
      found.set(session, uuidFromHex(key))
    }
    return (session) => found.get(session) ?? null
  }
}
