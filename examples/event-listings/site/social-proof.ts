import { fetchSaved } from './counts.ts'
import { addSave, savedAtLeast, watchSaves } from './saves.ts'
import { tracker } from './tracking.ts'

/** What is known of one listing. */
export interface Proof {
  /** This visitor saved it. */
  saved: boolean
  /** How many people saved it, this visitor included. Undefined while the collector has not answered. */
  people: number | undefined
}

export interface SocialProof {
  of(id: string): Proof
  refresh(): Promise<void>
  /** Counts this visitor in at once, and then asks the collector. */
  save(id: string): Promise<void>
}

/**
 * Who saved what. The collector counts; what this visitor saved is remembered with the number that it made. The number
 * shown is whichever is higher: a save that waits for delivery counts already, and one that arrived not twice.
 */
export function createSocialProof(ids: readonly string[], onChange: () => void): SocialProof {
  let counted: ReadonlyMap<string, number> = new Map()

  function of(id: string): Proof {
    const people = counted.get(id)
    const atLeast = savedAtLeast(id)
    return { saved: atLeast > 0, people: people === undefined ? undefined : Math.max(people, atLeast) }
  }

  async function refresh(): Promise<void> {
    const answer = await fetchSaved(ids)
    if (!answer) return
    counted = answer
    onChange()
  }

  async function save(id: string): Promise<void> {
    const isNew = addSave(id, (counted.get(id) ?? 0) + 1)
    onChange()
    if (!isNew) return
    tracker.track('calendar_sync', { entity: { type: 'event', id } })
    await tracker.flush()
    await refresh()
  }

  watchSaves(onChange)
  // What was saved offline goes out by itself; the numbers follow.
  addEventListener('online', () => void tracker.flush().then(refresh))
  return { of, refresh, save }
}
