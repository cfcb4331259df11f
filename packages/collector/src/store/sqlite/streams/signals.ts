import type { StreamQuery, StreamRow } from '../../reads.ts'
import { flags } from '../facts/fact.ts'
import type { ReadContext } from '../reads/context.ts'
import { People } from '../reads/people.ts'
import { EntityKeys } from './entity-keys.ts'
import { eventsByViewer } from './viewer-events.ts'

/** What a viewer did to an entity by one event type. */
interface Signal {
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
export function* signals(context: ReadContext, query: StreamQuery<'signals'>): Generator<StreamRow<'signals'>> {
  const { db, names } = context
  const people = new People(db)
  const entities = new EntityKeys(db)
  for (const slice of eventsByViewer(context, query, ['type', 'entity', 'duration', 'flags'])) {
    const { order, viewer, at, columns: of } = slice
    for (let from = 0; from < order.length; ) {
      const who = viewer[order[from] as number] as number
      const found = new Map<number, Signal>()
      for (; from < order.length; from++) {
        const row = order[from] as number
        if (viewer[row] !== who) break
        const entity = of.entity[row] as number
        const type = of.type[row] as number
        const signal = found.get(entity * maxTypes + type) ?? newSignal(entity, type, at[row] as number)
        signal.count++
        signal.durationMs += of.duration[row] as number
        if (((of.flags[row] as number) & flags.completed) !== 0) signal.completions++
        signal.lastAt = at[row] as number
        found.set(entity * maxTypes + type, signal)
      }
      const { actorId, anonymousId } = people.of(who)
      for (const { entity, type, count, completions, durationMs, firstAt, lastAt } of found.values()) {
        yield {
          viewer: who,
          actorId,
          anonymousId,
          ...entities.of(entity),
          eventType: names.text(type),
          count,
          completions,
          durationMs,
          firstAt: new Date(firstAt).toISOString(),
          lastAt: new Date(lastAt).toISOString(),
        }
      }
    }
  }
}

const newSignal = (entity: number, type: number, at: number): Signal => ({
  entity,
  type,
  count: 0,
  completions: 0,
  durationMs: 0,
  firstAt: at,
  lastAt: at,
})
