import { collector } from './tracking.ts'

const key = `saved-listings ${collector.writeKey}`

/** By listing, how many people have saved it at least, as this visitor is one of them. */
let saves: Record<string, number> = {}
read()

function read(): void {
  try {
    saves = JSON.parse(localStorage.getItem(key) ?? '{}')
  } catch {
    // The visitor denied it: what this page saved is remembered for as long as it is open.
  }
}

/** How many people have saved it at least, 0 when this visitor has not. */
export function savedAtLeast(id: string): number {
  return saves[id] ?? 0
}

/** Remembers a save. False when it was one already, if in another tab. */
export function addSave(id: string, people: number): boolean {
  read()
  if (saves[id] !== undefined) return false
  saves[id] = people
  try {
    localStorage.setItem(key, JSON.stringify(saves))
  } catch {}
  return true
}

/** Calls back when another tab saved something. */
export function watchSaves(onChange: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key !== key) return
    read()
    onChange()
  })
}
