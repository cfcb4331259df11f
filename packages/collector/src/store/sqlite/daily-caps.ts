import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../bounded-map.ts'
import { dayOf } from './days.ts'

const counted = 100_000

/** A tally is written down from this part of the cap on: nearly all stay below, and cost nothing. */
const keptFrom = 1 / 4

/**
 * Counts how many events a client has sent to an entity by one type, and says which of them are too many for a day.
 * The client's name changes from day to day, so the counts of a day that is over are never asked for again. Runs inside
 * the writer's transaction.
 */
export class DailyCaps {
  readonly #max: number
  readonly #counts = new BoundedMap<string, number>(counted)
  readonly #keep
  readonly #kept
  readonly #expire
  /** What the running transaction has counted. */
  #pending: string[] = []

  /** @param max 0: any number */
  constructor(db: Database, max: number) {
    this.#max = max
    this.#keep = db.prepare<[number, string, number, number, number]>(`
      INSERT INTO daily_cap (day, client, entity, type, count) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = max(count, excluded.count)`)
    this.#kept = db.prepare<[number], Tally>(`
      SELECT client, entity, type, count FROM daily_cap WHERE day = ? ORDER BY count DESC LIMIT ${counted / 2}`)
    this.#expire = db.prepare<[number]>('DELETE FROM daily_cap WHERE day < ?')
  }

  /** Remembers again what was written down today: after a restart the caps hold, less what was not worth writing. */
  refill(now: number): void {
    for (const { client, entity, type, count } of this.#kept.all(dayOf(now))) {
      this.#counts.set(keyOf(client, entity, type), count)
    }
  }

  /** Counts an event; whether it is one too many. */
  isOver(client: string, entity: number, type: number, receivedAt: number): boolean {
    if (this.#max === 0) return false
    const key = keyOf(client, entity, type)
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#max) return true
    this.#counts.set(key, count + 1)
    this.#pending.push(key)
    if (count + 1 >= this.#max * keptFrom) this.#keep.run(dayOf(receivedAt), client, entity, type, count + 1)
    return false
  }

  committed(): void {
    this.#pending = []
  }

  rolledBack(): void {
    for (const key of this.#pending) this.#counts.set(key, Math.max(0, (this.#counts.get(key) ?? 0) - 1))
    this.#pending = []
  }

  /** Lets go of the tallies of days that are over. */
  expire(now: number): void {
    this.#expire.run(dayOf(now))
  }
}

interface Tally {
  client: string
  entity: number
  type: number
  count: number
}

const keyOf = (client: string, entity: number, type: number) => `${client} ${entity} ${type}`
