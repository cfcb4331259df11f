import type { Drop } from './drops.ts'
import { type EventDatabase, openEventDatabase } from './event-database.ts'
import { bytesOf, type QueueBounds, surplusOf } from './event-records.ts'
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
  /** Another page deleted what is stored, and means what is about to be, too. */
  discard(): void
  transact: EventDatabase['transact']
  /**
   * From now on nothing is written, and no database is opened: where there is none any more, there will be none. What
   * was not written stays in memory, for whoever takes the events out.
   */
  close(): void
}

/** Longer than it takes to deliver what is sent at once, which then is never written. Who leaves within it has the spill. */
const momentMs = 100
/** More than one leaving request can take. */
const maxRecent = 100

/**
 * Opens the queue. What its database does not take, because it is absent, denied, full or hanging, is kept in memory.
 * What an earlier page had to spill is taken over.
 *
 * @param persist false keeps everything in memory: the visitor does not want anything stored
 */
export function openQueue(name: string, bounds: QueueBounds, drop: Drop, spill: Spill, persist = true): Queue {
  const unsaved = new Map<string, QueuedEvent>()
  let recent: QueuedEvent[] = []
  let incoming: QueuedEvent[] = []
  let writing = false
  const database = openEventDatabase(name, bounds, persist, discard)

  function discard(): void {
    recent = []
    for (const queued of unsaved.values()) drop(queued, 'no_consent', 'by another page')
    settle([...unsaved.values()])
  }

  async function writeIncoming(): Promise<void> {
    writing = true
    // Events of the same moment are written together, and what is delivered by then is not written at all.
    await new Promise((resolve) => setTimeout(resolve, momentMs))
    while (incoming[0]) {
      const added = incoming
      incoming = []
      let surplus: QueuedEvent[]
      try {
        // While the database was being opened, events may have been delivered, or deleted by another page.
        surplus = await database.add(() => added.filter(({ id }) => unsaved.has(id)))
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
    if (!unsaved.size) spill.clear()
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
      if (unsaved.size) spill.write([...unsaved.values()])
    },
    // A queue that is empty has no more than the record of its size. One that cannot be read now may have more.
    hasLeftovers: async () =>
      unsaved.size > 0 ||
      database
        .transact('readonly', (store, promisify) => promisify<number>(store.count()))
        .then(
          (records) => records > 1,
          (later) => later,
        ),
    unsaved,
    settle,
    discard,
    transact: database.transact,
    close() {
      database.close()
      incoming = []
    },
  }
}
