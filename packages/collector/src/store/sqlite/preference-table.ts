import type { PreferencesAnswer } from '@tallymark/schemas'
import type { Database } from 'better-sqlite3'

/** What is kept of one user: so many dimensions, and in each so many values. */
const maxDimensions = 20
const maxValues = 500

/** What the authenticated users prefer: how often, by dimension and value. */
export class PreferenceTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Returns what the count has come to, or that there is no more room for a new one of this actor's. */
  change(actor: number, dimension: string, value: string, delta: number): number | 'full' {
    const known = this.#db
      .prepare<[number, string, string], number>(
        'SELECT count FROM preference WHERE actor = ? AND dimension = ? AND value = ?',
      )
      .pluck()
      .get(actor, dimension, value)
    const count = Math.max(0, (known ?? 0) + delta)
    if (count === 0) {
      this.#db
        .prepare('DELETE FROM preference WHERE actor = ? AND dimension = ? AND value = ?')
        .run(actor, dimension, value)
      return 0
    }
    if (known === undefined && !this.#hasRoom(actor, dimension)) return 'full'
    this.#db
      .prepare(`
        INSERT INTO preference (actor, dimension, value, count) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET count = excluded.count`)
      .run(actor, dimension, value, count)
    return count
  }

  /** By dimension, then by value. */
  of(userId: string): PreferencesAnswer['preferences'] {
    const rows = this.#db
      .prepare<[string], { dimension: string; value: string; count: number }>(`
        SELECT dimension, value, count FROM preference WHERE actor = (SELECT id FROM actor WHERE key = ?)
        ORDER BY dimension, value`)
      .all(userId)
    const dimensions = Map.groupBy(rows, ({ dimension }) => dimension)
    return Object.fromEntries(
      [...dimensions].map(([dimension, values]) => [
        dimension,
        Object.fromEntries(values.map(({ value, count }) => [value, count])),
      ]),
    )
  }

  #hasRoom(actor: number, dimension: string): boolean {
    const values = this.#db
      .prepare<[number], { dimension: string; count: number }>(
        'SELECT dimension, count(*) AS count FROM preference WHERE actor = ? GROUP BY dimension',
      )
      .all(actor)
    const ofDimension = values.find((each) => each.dimension === dimension)
    return ofDimension ? ofDimension.count < maxValues : values.length < maxDimensions
  }
}
