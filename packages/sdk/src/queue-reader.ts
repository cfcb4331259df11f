import { after, bytesOf, type Promisify, size, sizeKey } from './event-records.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'

/** Takes events out of the queue. */
export interface QueueReader {
  /** The oldest events that are accepted; they stay in the queue. */
  peek(max: number, accept: Accept): Promise<QueuedEvent[]>
  remove(gone: readonly QueuedEvent[]): Promise<void>
}

/** Chooses the events that a caller can use. */
export type Accept = (queued: QueuedEvent) => boolean

export function createQueueReader(queue: Queue): QueueReader {
  const { unsaved } = queue
  /** Removed, but the database does not know it yet, or never will: a full disk can refuse even that. */
  const removed = new Set<string>()
  return {
    async peek(max, accept) {
      await queue.written()
      // A write that hung may have come to its end after all: then it is in both.
      const inStore: Accept = (queued) => !removed.has(queued.id) && !unsaved.has(queued.id) && accept(queued)
      const found = queue.transact('readonly', (store, promisify) => read(store, promisify, max, inStore))
      return [...[...unsaved.values()].filter(accept), ...(await found.catch(() => []))].slice(0, max)
    },
    async remove(gone) {
      for (const { id } of gone) removed.add(id)
      queue.forget(gone)
      queue.settle(gone)
      try {
        await queue.transact('readwrite', (store, promisify) => erase(store, promisify, gone))
        for (const { id } of gone) removed.delete(id)
      } catch {}
    },
  }
}

async function read(store: IDBObjectStore, promisify: Promisify, max: number, accept: Accept): Promise<QueuedEvent[]> {
  const found: QueuedEvent[] = []
  let last = ''
  for (let pageSize = max; ; pageSize = 500) {
    const page: QueuedEvent[] = await promisify(store.getAll(after(last), pageSize))
    found.push(...page.filter(accept))
    last = page.at(-1)?.id ?? ''
    if (page.length < pageSize || found.length >= max) return found
  }
}

async function erase(store: IDBObjectStore, promisify: Promisify, gone: readonly QueuedEvent[]): Promise<void> {
  // Another tab may have been faster: only what is still there counts.
  const there = await promisify(store.getAllKeys(IDBKeyRange.upperBound(gone.at(-1)?.id)))
  store.put((await size(store, promisify)) - bytesOf(gone.filter(({ id }) => there.includes(id))), sizeKey)
  for (const { id } of gone) store.delete(id)
  await promisify(store.transaction)
}
