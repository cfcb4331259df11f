import type { ReadAnswer, ReadQuery, SessionView } from '../../reads.ts'
import { dayMs, dayOf } from '../days.ts'
import { uuidBytes } from '../uuid.ts'
import type { Read, ReadContext } from './context.ts'
import { flagsOf } from './scope.ts'
import { completedIn, lastType, TypeSums } from './type-sums.ts'

type Span = Pick<SessionView, 'startedAt' | 'endedAt' | 'interactions'>

const columns = ['seq', 'time', 'type', 'entity', 'viewer', 'session', 'duration', 'flags'] as const

/** Its span says on which days its events are. */
export const session: Read<ReadQuery<'session'>, ReadAnswer<'session'>> = (context, { sessionId, roles }) => {
  const { db, facts, names } = context
  const found = db
    .prepare<[Buffer], Span & { id: number }>(`
      SELECT id, started_at AS startedAt, ended_at AS endedAt, interactions
      FROM session JOIN session_span ON session_span.session = id WHERE key = ?`)
    .get(uuidBytes(sessionId))
  if (!found) return null
  const { id, ...span } = found
  const sums = new TypeSums(lastType(roles, names))
  const isView = flagsOf(names.ids(roles.view ?? []))
  const isPageView = flagsOf(names.ids((roles.page_view?.length ? roles.page_view : roles.view) ?? []))
  const viewed = new Set<number>()
  const seen: Sighting[] = []
  let pageViews = 0

  const days = { from: dayOf(span.startedAt) * dayMs, to: (dayOf(span.endedAt) + 1) * dayMs }
  facts.scan(days, columns, (chunk) => {
    for (let row = 0; row < chunk.rows; row++) {
      if (chunk.session[row] !== id) continue
      const type = chunk.type[row] as number
      const entity = chunk.entity[row] as number
      sums.add(type, 1, completedIn(chunk.flags[row] as number), chunk.duration[row] as number)
      if (isPageView[type] === 1) pageViews++
      if (isView[type] === 1 && entity !== 0) viewed.add(entity)
      const at = chunk.day * dayMs + (chunk.time[row] as number)
      seen.push({ viewer: chunk.viewer[row] as number, at, seq: chunk.seq[row] as number })
    }
  })
  return {
    ...span,
    actorId: lastActor(context, seen),
    pageViews,
    entitiesViewed: viewed.size,
    tally: sums.tally(roles, names),
  }
}

interface Sighting {
  viewer: number
  at: number
  seq: number
}

/** Who was signed in at the last of a session's events that have a user. */
function lastActor({ db }: ReadContext, seen: readonly Sighting[]): string | null {
  const actorOf = db
    .prepare<[number], string>(`
      SELECT actor.key FROM viewer JOIN actor ON actor.id = CAST(substr(CAST(viewer.key AS TEXT), 2) AS INTEGER)
      WHERE viewer.id = ? AND substr(viewer.key, 1, 1) = CAST('u' AS BLOB)`)
    .pluck()
  const viewers = new Set(seen.toSorted((a, b) => b.at - a.at || b.seq - a.seq).map(({ viewer }) => viewer))
  for (const viewer of viewers) {
    const actor = actorOf.get(viewer)
    if (actor !== undefined) return actor
  }
  return null
}
