import { rowsAtOnce } from '../../../row-text.ts'
import type { StreamQuery, StreamRow } from '../../reads.ts'
import { flags } from '../facts/fact.ts'
import { isoTimes } from '../iso-time.ts'
import type { ReadContext } from '../reads/context.ts'
import { People } from '../reads/people.ts'
import { eventsByViewer, type ViewerEvents } from './viewer-events.ts'

const columns = ['type', 'entity', 'duration', 'flags'] as const
type Slice = ViewerEvents<(typeof columns)[number]>

/** What a viewer did to an entity by one event type. */
interface Signal {
  viewer: number
  entity: number
  type: number
  count: number
  completions: number
  durationMs: number
  firstAt: number
  lastAt: number
}

/** Numbers of event types stay below this, so that they and an entity's fit into one exact number. */
const maxTypes = 2 ** 21

/** How often each viewer did what to which entity. */
export function* signals(context: ReadContext, query: StreamQuery<'signals'>): Generator<StreamRow<'signals'>[]> {
  const { db, names } = context
  const people = new People(db)
  const isoTime = isoTimes()
  for (const slice of eventsByViewer(context, query, columns)) {
    for (const found of signalsOf(slice)) {
      const personOf = people.of(found.map(({ viewer }) => viewer))
      yield found.map(({ viewer, entity, type, count, completions, durationMs, firstAt, lastAt }) => {
        const { actorId, anonymousId } = personOf(viewer)
        const { entityType, entityId } = names.entityRefOrNone(entity)
        return {
          viewer,
          actorId,
          anonymousId,
          entityType,
          entityId,
          eventType: names.text(type),
          count,
          completions,
          durationMs,
          firstAt: isoTime(firstAt),
          lastAt: isoTime(lastAt),
        }
      })
    }
  }
}

/** All signals of a viewer together; of some viewers at once. */
function* signalsOf({ order, viewer, at, columns: of }: Slice): Generator<Signal[]> {
  let found: Signal[] = []
  for (let from = 0; from < order.length; ) {
    const who = viewer[order[from] as number] as number
    const own = new Map<number, Signal>()
    for (; from < order.length; from++) {
      const row = order[from] as number
      if (viewer[row] !== who) break
      const entity = of.entity[row] as number
      const type = of.type[row] as number
      let signal = own.get(entity * maxTypes + type)
      if (!signal) {
        const first = at[row] as number
        signal = { viewer: who, entity, type, count: 0, completions: 0, durationMs: 0, firstAt: first, lastAt: first }
        own.set(entity * maxTypes + type, signal)
        found.push(signal)
      }
      signal.count++
      signal.durationMs += of.duration[row] as number
      if (((of.flags[row] as number) & flags.completed) !== 0) signal.completions++
      signal.lastAt = at[row] as number
    }
    if (found.length < rowsAtOnce) continue
    yield found
    found = []
  }
  yield found
}
