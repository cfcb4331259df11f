import type { StreamQuery, StreamRow } from '../../reads.ts'
import { flags } from '../facts/fact.ts'
import type { ReadContext } from '../reads/context.ts'
import { People } from '../reads/people.ts'
import { uuidText } from '../uuid-text.ts'
import { EntityKeys } from './entity-keys.ts'
import { eventsByViewer } from './viewer-events.ts'

const columns = ['type', 'entity', 'session', 'surface', 'source', 'position', 'duration', 'flags'] as const

/** What each viewer did, one event a row, in its order. */
export function* sequences(context: ReadContext, query: StreamQuery<'sequences'>): Generator<StreamRow<'sequences'>> {
  const { db, names } = context
  const people = new People(db)
  const entities = new EntityKeys(db)
  const sessionKey = db.prepare<[number], Buffer>('SELECT key FROM session WHERE id = ?').pluck()
  const nameOf = (id: number) => (id === 0 ? null : names.text(id))
  for (const { order, viewer, at, columns: of } of eventsByViewer(context, query, columns)) {
    let known = 0
    let person = people.of(known)
    let visit = 0
    let sessionId: string | null = null
    for (const row of order) {
      const who = viewer[row] as number
      if (who !== known) person = people.of(who)
      known = who
      if (of.session[row] !== visit) {
        visit = of.session[row] as number
        const key = sessionKey.get(visit)
        sessionId = key ? uuidText(key) : null
      }
      yield {
        viewer: who,
        actorId: person.actorId,
        anonymousId: person.anonymousId,
        sessionId,
        occurredAt: new Date(at[row] as number).toISOString(),
        eventType: names.text(of.type[row] as number),
        ...entities.of(of.entity[row] as number),
        surface: nameOf(of.surface[row] as number),
        source: nameOf(of.source[row] as number),
        position: of.position[row] === 0 ? null : (of.position[row] as number) - 1,
        durationMs: of.duration[row] as number,
        completed: ((of.flags[row] as number) & flags.completed) !== 0,
      }
    }
  }
}
