import { eventOf, type QueuedEvent } from './queued-event.ts'
import type { Attribution, Context, TrackedEvent } from './tracked-event.ts'

/** A batch on the wire. An event need not say what the batch says for it. */
export interface Batch {
  events: Partial<TrackedEvent>[]
  sentAt: number
  userToken?: string
  attribution?: Attribution
  context: Context
}

/** The first events that make one batch: of one identity, and no more than so many events and bytes. */
export function takeBatch(waiting: readonly QueuedEvent[], maxEvents: number, maxBytes: number): QueuedEvent[] {
  const taken: QueuedEvent[] = []
  let bytes = 0
  for (const queued of waiting) {
    if (queued.identity !== waiting[0]?.identity) continue
    bytes += queued.bytes
    if (taken.length > 0 && (taken.length >= maxEvents || bytes > maxBytes)) break
    taken.push(queued)
  }
  return taken
}

/**
 * Makes the body of a request. What all its events have in common, of the attribution as a whole and of the context
 * field by field, is said once: the collector gives it to the events that do not say it.
 */
export function makeBatch(queued: readonly QueuedEvent[], sentAt: number, userToken: string | undefined): Batch {
  const events: Batch['events'] = queued.map(eventOf)
  const batch: Batch = { events, sentAt, userToken, context: {} }
  hoist(events, batch, 'attribution')
  const contexts: Context[] = events.map((event) => event.context ?? {})
  for (const key of Object.keys(contexts[0] ?? {})) hoist(contexts, batch.context, key as keyof Context)
  // An empty context is the batch's.
  for (const event of events) if (JSON.stringify(event.context) === '{}') delete event.context
  return batch
}

function hoist<K extends string, T extends { [Key in K]?: unknown }>(
  from: T[],
  to: { [Key in K]?: T[K] },
  key: K,
): void {
  const [first, ...others] = from
  if (!first || others.some((other) => JSON.stringify(other[key]) !== JSON.stringify(first[key]))) return
  to[key] = first[key]
  for (const each of from) delete each[key]
}
