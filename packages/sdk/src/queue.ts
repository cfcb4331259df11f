import { createStore, promisifyRequest } from 'idb-keyval'
import { type Accept, createMemoryQueue, type QueueBounds } from './memory-queue.ts'
import type { QueuedEvent } from './queued-event.ts'

/** Events that wait for delivery, across reloads and shared by the tabs. */
export interface Queue {
  /** Takes an event. The write follows at once, in one transaction with others of the same moment. */
  push(queued: QueuedEvent): void
  /** The oldest events that are accepted; they stay in the queue. */
  peek(max: number, accept: Accept): Promise<QueuedEvent[]>
  remove(gone: readonly QueuedEvent[]): Promise<void>
  /** The newest events of this page that are still to be delivered, for the moment when nothing can be awaited. */
  recent(): QueuedEvent[]
  /** Takes events out of the recent ones: they were delivered, if by another tab. */
  forget(recent: readonly QueuedEvent[]): void
}

/** IndexedDB can hang without an error: in Safari after a crash, and when another tab blocks an upgrade. */
const patienceMs = 1_000
/** More than one leaving request can take. */
const maxRecent = 100
/** The store's record of its size. It sorts behind every event's id. */
const sizeKey = '~bytes'

/**
 * Opens the queue: one IndexedDB record an event, keyed by the event's id, so that nothing is rewritten when an event
 * is added. What IndexedDB does not take, because it is absent, denied, full or hanging, is kept in memory.
 */
export function openQueue(name: string, bounds: QueueBounds, onFull: (gone: QueuedEvent) => void): Queue {
  const memory = createMemoryQueue(bounds)
  const recent = new Map<string, QueuedEvent>()
  /** Removed, but the database does not know it yet, or never will: a full disk can refuse even that. */
  const removed = new Set<string>()
  const use = createStore(name, 'events')
  let opened: Promise<unknown> | undefined
  let incoming: QueuedEvent[] = []
  let writing: Promise<void> | undefined

  async function store<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    // Opening is tried once: a database that did not open holds nobody up a second time.
    opened ??= within(use('readonly', () => undefined))
    await opened
    return within(use(mode, work))
  }

  async function writeIncoming(): Promise<void> {
    // Wait for the rest of the tick: events that are made together are written together.
    await undefined
    while (incoming.length > 0) {
      const added = incoming
      incoming = []
      const pushedOut = await store('readwrite', (events) => put(events, added, bounds)).catch(() => memory.push(added))
      pushedOut.forEach(onFull)
    }
    writing = undefined
  }

  function forget(gone: readonly QueuedEvent[]): void {
    for (const { id } of gone) recent.delete(id)
  }

  return {
    push(queued) {
      recent.set(queued.id, queued)
      for (const oldest of recent.keys()) {
        if (recent.size <= maxRecent) break
        recent.delete(oldest)
      }
      incoming.push(queued)
      writing ??= writeIncoming()
    },
    async peek(max, wanted) {
      const accept: Accept = (queued) => !removed.has(queued.id) && wanted(queued)
      await writing
      const kept = memory.peek(max, accept)
      if (kept.length >= max) return kept
      const stored = await store('readonly', (events) => read(events, max, accept)).catch(() => [])
      return [...kept, ...stored].slice(0, max)
    },
    async remove(gone) {
      for (const { id } of gone) removed.add(id)
      forget(gone)
      memory.remove(gone)
      try {
        await store('readwrite', (events) => erase(events, gone))
        for (const { id } of gone) removed.delete(id)
      } catch {}
    },
    recent: () => [...recent.values()],
    forget,
  }
}

/** Adds events and, while the store is over a bound, takes out the oldest: all in one transaction. */
async function put(store: IDBObjectStore, added: readonly QueuedEvent[], bounds: QueueBounds): Promise<QueuedEvent[]> {
  for (const queued of added) store.put(queued, queued.id)
  let bytes = added.reduce((sum, queued) => sum + queued.bytes, await size(store))
  let count: number = await promisifyRequest(store.count(after('')))
  const pushedOut: QueuedEvent[] = []
  while (count > bounds.maxQueueEvents || bytes > bounds.maxQueueBytes) {
    const oldest: QueuedEvent[] = await promisifyRequest(store.getAll(after(''), 20))
    if (oldest.length === 0) break
    for (const queued of oldest) {
      if (count <= bounds.maxQueueEvents && bytes <= bounds.maxQueueBytes) break
      store.delete(queued.id)
      pushedOut.push(queued)
      count--
      bytes -= queued.bytes
    }
  }
  store.put(bytes, sizeKey)
  await promisifyRequest(store.transaction)
  return pushedOut
}

async function read(store: IDBObjectStore, max: number, accept: Accept): Promise<QueuedEvent[]> {
  const found: QueuedEvent[] = []
  let last = ''
  for (let pageSize = max; ; pageSize = 500) {
    const page: QueuedEvent[] = await promisifyRequest(store.getAll(after(last), pageSize))
    found.push(...page.filter(accept))
    last = page.at(-1)?.id ?? ''
    if (page.length < pageSize || found.length >= max) return found.slice(0, max)
  }
}

async function erase(store: IDBObjectStore, gone: readonly QueuedEvent[]): Promise<void> {
  // Another tab may have been faster: only what is still there counts.
  const there = await Promise.all(gone.map(({ id }) => promisifyRequest(store.getKey(id))))
  const bytes = gone.reduce((sum, queued) => sum - (there.includes(queued.id) ? queued.bytes : 0), await size(store))
  for (const { id } of gone) store.delete(id)
  const left = await promisifyRequest(store.count(after('')))
  store.put(left ? bytes : 0, sizeKey)
  await promisifyRequest(store.transaction)
}

const size = async (store: IDBObjectStore): Promise<number> => (await promisifyRequest(store.get(sizeKey))) ?? 0

const after = (id: string) => IDBKeyRange.bound(id, sizeKey, true, true)

function within<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB did not answer')), patienceMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
