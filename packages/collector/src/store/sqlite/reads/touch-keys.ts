import type { AttributionDimension } from '../../reads.ts'
import type { Names } from './names.ts'

/** Number of a row that stands for no key. */
export const noKey = 0

/** What visits are told apart by: numbers for the values of a dimension. */
export class TouchKeys {
  /** The column that tells it. */
  readonly column: 'channel' | 'campaign'
  readonly #by: AttributionDimension
  readonly #names: Names
  readonly #texts: (string | null)[] = [null]
  readonly #ofText = new Map<string, number>()
  /** By the number of the channel or campaign; -1 where it was not looked up yet. */
  #of = new Int32Array(1024).fill(-1)

  constructor(by: AttributionDimension, names: Names) {
    this.#by = by
    this.#names = names
    this.column = by === 'channel' ? 'channel' : 'campaign'
  }

  /** @param id what the column has */
  of(id: number): number {
    if (id === 0) return noKey
    const known = this.#of[id]
    return known === undefined || known === -1 ? this.#lookUp(id) : known
  }

  get size(): number {
    return this.#texts.length
  }

  text(key: number): string | null {
    return this.#texts[key] ?? null
  }

  #lookUp(id: number): number {
    if (id >= this.#of.length) {
      const grown = new Int32Array(id * 2).fill(-1)
      grown.set(this.#of)
      this.#of = grown
    }
    const key = this.#numberOf(this.#read(this.#names.text(id)))
    this.#of[id] = key
    return key
  }

  #read(text: string): string | undefined {
    return this.#by === 'channel' ? text : (JSON.parse(text) as Record<string, string | undefined>)[this.#by]
  }

  #numberOf(text: string | undefined): number {
    if (text === undefined) return noKey
    let number = this.#ofText.get(text)
    if (number === undefined) {
      number = this.#texts.push(text) - 1
      this.#ofText.set(text, number)
    }
    return number
  }
}
