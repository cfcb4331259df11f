import { BoundedMap } from '../../bounded-map.ts'

const counted = 100_000

/**
 * Counts how many events a client has sent to an entity by one type, and says which of them are too many for a day.
 * The client's name changes from day to day, so the counts of a day that is over are never asked for again.
 */
export class DailyCaps {
  readonly #max: number
  readonly #counts = new BoundedMap<string, number>(counted)
  /** What the running transaction has counted. */
  #pending: string[] = []

  /** @param max 0: any number */
  constructor(max: number) {
    this.#max = max
  }

  /** Counts an event; whether it is one too many. */
  isOver(clientKey: string, entity: number, type: number): boolean {
    if (this.#max === 0) return false
    const key = `${clientKey} ${entity} ${type}`
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#max) return true
    this.#counts.set(key, count + 1)
    this.#pending.push(key)
    return false
  }

  committed(): void {
    this.#pending = []
  }

  rolledBack(): void {
    for (const key of this.#pending) this.#counts.set(key, Math.max(0, (this.#counts.get(key) ?? 0) - 1))
    this.#pending = []
  }
}
