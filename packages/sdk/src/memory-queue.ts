import type { QueuedEvent } from './queued-event.ts'

/** How much may wait for delivery. */
export interface QueueBounds {
  maxQueueEvents: number
  maxQueueBytes: number
}

/** Chooses the events that a caller can use. */
export type Accept = (queued: QueuedEvent) => boolean

export interface MemoryQueue {
  /** Answers with what had to give way: the oldest events, when the queue is over a bound. */
  push(added: readonly QueuedEvent[]): QueuedEvent[]
  peek(max: number, accept: Accept): QueuedEvent[]
  remove(gone: readonly QueuedEvent[]): void
}

/** A queue for a page that cannot store anything. */
export function createMemoryQueue({ maxQueueEvents, maxQueueBytes }: QueueBounds): MemoryQueue {
  const waiting = new Map<string, QueuedEvent>()
  let bytes = 0
  const remove = (queued: QueuedEvent) => {
    if (waiting.delete(queued.id)) bytes -= queued.bytes
  }
  return {
    push(added) {
      for (const queued of added) {
        remove(queued)
        waiting.set(queued.id, queued)
        bytes += queued.bytes
      }
      const pushedOut: QueuedEvent[] = []
      for (const oldest of waiting.values()) {
        if (waiting.size <= maxQueueEvents && bytes <= maxQueueBytes) break
        remove(oldest)
        pushedOut.push(oldest)
      }
      return pushedOut
    },
    peek: (max, accept) => [...waiting.values()].filter(accept).slice(0, max),
    remove: (gone) => gone.forEach(remove),
  }
}
