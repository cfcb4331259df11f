import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Drop } from './drops.ts'
import { after, bytesOf, type Promisify, size, sizeKey } from './event-records.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { Spill } from './spill.ts'

/** Events that wait for delivery, across reloads and shared by the tabs. `queue-reader.ts` takes them out. */
export interface Queue {
  /** Takes an event. The write follows in a moment, in one transaction with others. */
  push(queued: QueuedEvent): void
  /** The newest events of this page that are still to be delivered, for the moment when nothing can be awaited. */
  recent(): QueuedEvent[]
  /** Takes events out of the recent ones: they were delivered, if by another tab. */
  forget(recent: readonly QueuedEvent[]): void
  /** Puts into safety, synchronously, what may not be in the database yet. */
  spill(): void
  /** Whether earlier pages left anything. */
  hasLeftovers(): Promise<boolean>
  /** Events that are not in the database: not yet, or because it does not take them. */
  readonly unsaved: ReadonlyMap<string, QueuedEvent>
  /** Is told of events that are in the database, or gone. */
  settle(events: readonly QueuedEvent[]): void
  /** Works with the database in one transaction. Rejects when there is none, or it does not answer in time. */
  transact<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, promisify: Promisify) => Promise<T> | T,
  ): Promise<T>
  /**
   * From now on nothing is written, and no database is opened: where there is none any more, there will be none. What
   * was not written stays in memory, for whoever takes the events out.
   */
  close(): void
}

/** How much may wait for delivery. */
export interface QueueBounds {
  maxQueueEvents: number
  maxQueueBytes: number
}

/** IndexedDB can hang without an error: in Safari after a crash, and when another tab blocks an upgrade. */
const patienceMs = 1_000
/** About as long as a write takes. Who leaves within it has the spill. */
const momentMs = 50
/** More than one leaving request can take. */
const maxRecent = 100

/**
 * Opens the queue: one IndexedDB record an event, keyed by the event's id, so that nothing is rewritten when an event
 * is added. What IndexedDB does not take, because it is absent, denied, full or hanging, is kept in memory. What an
 * earlier page had to spill is taken over.
 *
 * @param persist false keeps everything in memory: the visitor does not want anything stored
 */
export function openQueue(name: string, bounds: QueueBounds, drop: Drop, spill: Spill, persist = true): Queue {
  const unsaved = new Map<string, QueuedEvent>()
  let recent: QueuedEvent[] = []
  let incoming: QueuedEvent[] = []
  let writing = false
  let mayConnect = persist
  let connected = false
  let use: UseStore | undefined

  const disconnect = () => {
    use = undefined
  }

  const transact: Queue['transact'] = async (mode, work) => {
    if (mayConnect) use ??= createStore(name, 'events')
    try {
      return await within(
        (use ?? noStore)(mode, (store) => {
          connected = true
          const { db } = store.transaction
          db.onclose = disconnect
          // Whoever deletes the database must not wait for this page, and means what was about to be written, too.
          db.onversionchange = () => {
            db.close()
            disconnect()
            recent = []
            for (const queued of unsaved.values()) drop(queued, 'no_consent', 'deleted by another page')
            settle([...unsaved.values()])
          }
          return work(store, promisifyRequest)
        }),
      )
    } catch (error) {
      // What comes next finds a database again after this one was deleted. One that did not open at all is not tried
      // again: it holds nobody up a second time.
      disconnect()
      mayConnect &&= connected
      throw error
    }
  }

  async function writeIncoming(): Promise<void> {
    writing = true
    // Events of the same moment are written together, and what is delivered by then is not written at all.
    await new Promise((resolve) => setTimeout(resolve, momentMs))
    while (incoming.length > 0) {
      const added = incoming
      incoming = []
      let surplus: QueuedEvent[]
      try {
        surplus = await transact('readwrite', (store) => put(store, added, bounds))
        settle(added)
      } catch {
        const kept = [...unsaved.values()]
        surplus = surplusOf(kept, kept.length, bytesOf(kept), bounds)
        settle(surplus)
      }
      for (const queued of surplus) drop(queued, 'queue_full', 'newer ones came')
    }
    writing = false
  }

  function settle(events: readonly QueuedEvent[]): void {
    for (const { id } of events) unsaved.delete(id)
    incoming = incoming.filter(({ id }) => unsaved.has(id))
    if (unsaved.size === 0) spill.clear()
  }

  function push(queued: QueuedEvent): void {
    if (recent.push(queued) > maxRecent) recent.shift()
    unsaved.set(queued.id, queued)
    incoming.push(queued)
    if (!writing) void writeIncoming()
  }

  spill.read().forEach(push)

  return {
    push,
    recent: () => [...recent],
    forget(gone) {
      recent = recent.filter(({ id }) => !gone.some((each) => each.id === id))
    },
    spill() {
      if (unsaved.size > 0) spill.write([...unsaved.values()])
    },
    // A queue that is empty has no more than the record of its size.
    hasLeftovers: async () =>
      unsaved.size > 0 || (await transact('readonly', (store) => promisifyRequest(store.count())).catch(() => 0)) > 1,
    unsaved,
    settle,
    transact,
    close() {
      mayConnect = false
      incoming = []
    },
  }
}

/** Adds events and, when the store is over a bound, takes out the oldest: all in one transaction. */
async function put(store: IDBObjectStore, added: readonly QueuedEvent[], bounds: QueueBounds): Promise<QueuedEvent[]> {
  for (const queued of added) store.put(queued, queued.id)
  const bytes = bytesOf(added) + (await size(store, promisifyRequest))
  const count: number = await promisifyRequest(store.count(after('')))
  let surplus: QueuedEvent[] = []
  if (count > bounds.maxQueueEvents || bytes > bounds.maxQueueBytes) {
    // A large event can take the place of some small ones; what is over the bound even so, the next write takes out.
    const oldest: QueuedEvent[] = await promisifyRequest(store.getAll(after(''), added.length + 50))
    surplus = surplusOf(oldest, count, bytes, bounds)
    for (const { id } of surplus) store.delete(id)
  }
  store.put(bytes - bytesOf(surplus), sizeKey)
  await promisifyRequest(store.transaction)
  return surplus
}

/** The oldest events that have to go for the rest to keep the bounds. */
function surplusOf(
  oldest: readonly QueuedEvent[],
  count: number,
  bytes: number,
  { maxQueueEvents, maxQueueBytes }: QueueBounds,
): QueuedEvent[] {
  return oldest.filter((queued) => {
    if (count <= maxQueueEvents && bytes <= maxQueueBytes) return false
    count--
    bytes -= queued.bytes
    return true
  })
}

/** Where nothing may be stored, or not any more. */
const noStore: UseStore = () => Promise.reject()

/** Rejects when the work takes too long. */
const within = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, patienceMs))])
