import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import { after, bytesOf, type Promisify, type QueueBounds, sizeKey, surplusOf } from './event-records.ts'
import type { QueuedEvent } from './queued-event.ts'

/**
 * The queue's place in IndexedDB. Everything rejects where there is none, or it does not answer in time. What it rejects
 * with is whether another time may be better.
 */
export interface EventDatabase {
  /** Adds what is still to be added once it is open. Answers with those that had to go to keep the bounds, the oldest. */
  add(added: () => readonly QueuedEvent[]): Promise<QueuedEvent[]>
  /** Works with the records in one transaction. */
  transact<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, promisify: Promisify) => Promise<T> | T,
  ): Promise<T>
  /** From now on no database is opened: where there is none any more, there will be none. */
  close(): void
}

/** IndexedDB can hang without an error: in Safari after a crash, and when another tab blocks an upgrade. */
const patienceMs = 1_000

/**
 * Opens the database of a queue, when it is first used: one record an event, keyed by the event's id, so that nothing is
 * rewritten when an event is added.
 *
 * @param mayConnect false is a database that is never there
 * @param onDelete somebody deletes it, and means what is about to be written, too
 */
export function openEventDatabase(
  name: string,
  bounds: QueueBounds,
  mayConnect: boolean,
  onDelete: () => void,
): EventDatabase {
  let connected = false
  let deletions = 0
  let use: UseStore | undefined

  const transact: EventDatabase['transact'] = async (mode, work) => {
    if (mayConnect) use ??= createStore(name, 'events')
    const before = deletions
    try {
      const result = await within(
        // Where there is none, this throws as well.
        (use as UseStore)(mode, (store) => {
          connected = true
          const { db } = store.transaction
          // Whoever deletes the database must not wait for this page.
          db.onversionchange = () => {
            db.close()
            use = undefined
            deletions++
            onDelete()
          }
          return work(store, promisifyRequest)
        }),
      )
      // What was read while somebody deleted it is gone, too.
      return before === deletions ? result : Promise.reject()
    } catch {
      // What comes next finds a database again after this one was deleted. One that did not open at all is not tried
      // again: it holds nobody up a second time.
      use = undefined
      mayConnect &&= connected
      throw mayConnect
    }
  }

  return {
    add: (added) => transact('readwrite', (store) => put(store, added(), bounds)),
    transact,
    close() {
      mayConnect = false
    },
  }
}

/** Adds events and, when the store is over a bound, takes out the oldest: all in one transaction. */
async function put(store: IDBObjectStore, added: readonly QueuedEvent[], bounds: QueueBounds): Promise<QueuedEvent[]> {
  for (const queued of added) store.put(queued, queued.id)
  const bytes = bytesOf(added) + ((await promisifyRequest(store.get(sizeKey))) ?? 0)
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

/** Rejects when the work takes too long. */
const within = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, patienceMs))])
