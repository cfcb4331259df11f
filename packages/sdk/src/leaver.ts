import { type DeliveryState, maxBatchEvents } from './delivery-state.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'

export interface Leaver {
  /** Sends this page's newest events: they are the least likely to be in the database yet. */
  leave(): Promise<void>
  /** Sends the first of these events that make a batch. */
  send(waiting: readonly QueuedEvent[]): Promise<void>
}

/**
 * Sends at once and only once, with what is at hand. What is not acknowledged stays in the queue for the flusher of
 * this page or of the next.
 */
export function createLeaver(
  { url, now }: { url: string; now(): number },
  queue: Pick<Queue, 'recent' | 'remove'>,
  state: DeliveryState,
  post: (url: string, body: string) => Promise<number[]>,
): Leaver {
  /** Hiding and leaving follow each other closely: what is on its way does not go again. */
  const underway = new Set<QueuedEvent>()

  async function send(waiting: readonly QueuedEvent[]): Promise<void> {
    const fresh = waiting.filter((queued) => !underway.has(queued))
    const batch = state.take(fresh, maxBatchEvents).sort((a, b) => (a.id < b.id ? -1 : 1))
    if (batch.length === 0 || now() < state.pausedUntilMs) return
    for (const queued of batch) underway.add(queued)
    const acknowledged = await post(url, state.bodyOf(batch))
    for (const queued of batch) underway.delete(queued)
    await queue.remove(batch.filter((_, place) => acknowledged.includes(place)))
  }

  return { send, leave: () => send(queue.recent().reverse()) }
}
