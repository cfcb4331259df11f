import type { QueuedEvent } from './queued-event.ts'

/** How much may wait for delivery. */
export interface QueueBounds {
  maxQueueEvents: number
  maxQueueBytes: number
}

// How events lie in the database: one record each, under its id, and one for the size of them all.

/** The store's record of its size. It sorts behind every event's id. */
export const sizeKey = '~bytes'

/** Makes a promise of a database request. */
export type Promisify = <T>(request: IDBRequest<T> | IDBTransaction) => Promise<T>

/** The keys of the events after this one. */
export const after = (id: string): IDBKeyRange => IDBKeyRange.bound(id, sizeKey, true, true)

export const bytesOf = (events: readonly QueuedEvent[]): number => events.reduce((sum, { bytes }) => sum + bytes, 0)

/** The oldest events that have to go for the rest to keep the bounds. */
export function surplusOf(
  oldest: readonly QueuedEvent[],
  count: number,
  bytes: number,
  bounds: QueueBounds,
): QueuedEvent[] {
  return oldest.filter((queued) => {
    if (count <= bounds.maxQueueEvents && bytes <= bounds.maxQueueBytes) return false
    count--
    bytes -= queued.bytes
    return true
  })
}
