import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../bounded-map.ts'

const cachedValues = 20_000

/**
 * Numbers for the texts that repeat from row to row: event types, surfaces, attributions. A number given out in a
 * transaction that is rolled back must be forgotten with {@link Dictionary.forget}.
 */
export class Dictionary {
  readonly #ids = new BoundedMap<string, number>(cachedValues)
  readonly #find
  readonly #add

  constructor(db: Database) {
    this.#find = db.prepare<[string], number>('SELECT id FROM dictionary WHERE value = ?').pluck()
    this.#add = db.prepare<[string]>('INSERT INTO dictionary (value) VALUES (?)')
  }

  /** The number of a text, given out now if it had none. */
  id(value: string): number {
    const known = this.#ids.get(value)
    if (known !== undefined) return known
    const id = this.#find.get(value) ?? Number(this.#add.run(value).lastInsertRowid)
    this.#ids.set(value, id)
    return id
  }

  forget(): void {
    this.#ids.clear()
  }
}
