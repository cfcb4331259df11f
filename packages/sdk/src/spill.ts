import { eventOf, type QueuedEvent } from './queued-event.ts'
import type { KeyValue } from './storage.ts'

/**
 * Where a page puts, while it is leaving, what the database may not have yet: a write to IndexedDB that was begun dies
 * with the page, one to localStorage does not. The next page takes it over; an event that then comes twice has one id.
 */
export interface Spill {
  write(unsaved: readonly QueuedEvent[]): void
  /** What earlier pages left. It stays where it is until it is cleared, or written again. */
  read(): QueuedEvent[]
  /** All of it is in better hands. */
  clear(): void
}

/** A tenth of what a site may store, and what a page can write without anybody noticing. */
const maxBytes = 500_000

export function createSpill(storage: KeyValue, name: string): Spill {
  const prefix = `${name} spill `
  let inUse: string[] = []

  function clear(): void {
    inUse.forEach(storage.remove)
    inUse = []
  }

  return {
    write(unsaved) {
      let bytes = 0
      // The oldest go first: the newest have the leaving request as a second chance.
      const fitting = unsaved.filter((queued) => {
        bytes += queued.bytes
        return bytes <= maxBytes
      })
      clear()
      // A key of its own: other tabs may be leaving in the same moment, or be about to clear what they took over.
      const key = prefix + unsaved.at(-1)?.id
      storage.write(key, JSON.stringify(fitting))
      inUse = [key]
    },
    read() {
      inUse = storage.keys().filter((key) => key.startsWith(prefix))
      return inUse.flatMap((key) => {
        // Anybody can write to a page's storage.
        try {
          return JSON.parse(storage.read(key) as string).filter(eventOf)
        } catch {
          return []
        }
      })
    },
    clear,
  }
}
