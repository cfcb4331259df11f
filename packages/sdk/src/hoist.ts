import type { QueuedEvent } from './queued-event.ts'
import type { Attribution, Context, TrackedEvent } from './tracked-event.ts'

/** A batch on the wire. An event need not say what the batch says for it. */
export interface Batch {
  events: Partial<TrackedEvent>[]
  sentAt: number
  userToken: string | undefined
  attribution?: Attribution
  context?: Context
}

/**
 * Makes the body of a request. What all its events have in common is said once: the collector gives it to the events
 * that do not say it.
 */
export function hoistedBatch(queued: readonly QueuedEvent[], sentAt: number, userToken: string | undefined): Batch {
  const events: Batch['events'] = queued.map(({ json }) => JSON.parse(json))
  const batch: Batch = { events, sentAt, userToken }
  hoist(events, batch, 'attribution')
  hoist(events, batch, 'context')
  return batch
}

function hoist<K extends 'attribution' | 'context'>(events: Batch['events'], batch: Batch, key: K): void {
  const said = new Set(events.map((event) => JSON.stringify(event[key])))
  if (said.size > 1) return
  batch[key] = events[0]?.[key]
  for (const event of events) delete event[key]
}
