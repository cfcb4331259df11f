import { after, bytesOf, type Promisify, sizeKey } from './event-records.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'

/** Takes events out of the queue. */
export interface QueueReader {
  /**
   * The oldest events that are accepted; they stay in the queue. Rejects when it knows of none because the database
   * could not be read this time: the queue may not be empty.
   */
  peek(max: number, accept: Accept): Promise<QueuedEvent[]>
  remove(gone: readonly QueuedEvent[]): Promise<void>
}

/** Chooses the events that a caller can use. */
export type Accept = (queued: QueuedEvent) => boolean

export function createQueueReader(queue: Queue): QueueReader {
  /** Removed, but the database does not know it yet, or never will: a full disk can refuse even that. */
  const removed = new Set<string>()
  return {
    async peek(max, accept) {
      // What is being written now may soon be in both.
      const unsaved = new Map(queue.unsaved)
      const inStore: Accept = (queued) => !removed.has(queued.id) && !unsaved.has(queued.id) && accept(queued)
      let mayHaveMore = false
      const stored = await queue
        .transact('readonly', (store, promisify) => read(store, promisify, max, inStore))
        .catch((later) => {
          mayHaveMore = later
          return []
        })
      const found = [...stored, ...[...unsaved.values()].filter(accept)].slice(0, max)
      if (mayHaveMore && !found[0]) throw Error('IndexedDB did not answer')
      return found
    },
    async remove(gone) {
      if (!gone[0]) return
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
  // Another tab may have been faster, and what was delivered at once was never written: only what is there counts.
  const ids = gone.map(({ id }) => id).sort()
  const keys = await promisify(store.getAllKeys(IDBKeyRange.bound(ids[0], ids.at(-1))))
  const there = gone.filter(({ id }) => keys.includes(id))
  if (!there[0]) return
  store.put(((await promisify(store.get(sizeKey))) ?? 0) - bytesOf(there), sizeKey)
  for (const { id } of there) store.delete(id)
  await promisify(store.transaction)
}
