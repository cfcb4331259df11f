import { BoundedMap } from '../../bounded-map.ts'
import type { Dictionary } from './dictionary.ts'

/** A text is shared once so many viewers have sent it: what only one or two of them know never leaves their rows. */
const sharingViewers = 3
/** Longer ones seldom come again. */
const maxSharedLength = 512
/** Texts that are remembered to be recognised when they come again, and numbers of those that are shared. */
const watchedTexts = 10_000
const cachedTexts = 20_000

/**
 * Keeps a text that comes again and again, such as a page's path or props with few values, in the dictionary, and its
 * number in the rows. One that is new, or was forgotten, stands in its row.
 */
export class SharedTexts {
  readonly #dictionary: Dictionary
  // The driver writes a plain number as a floating-point one, where the column does not say what it is.
  readonly #numbers = new BoundedMap<string, bigint>(cachedTexts)
  readonly #viewersOf = new BoundedMap<string, (string | null)[]>(watchedTexts)

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  /** What stands in the row for a text that this viewer has sent. */
  keep(text: string | null, viewer: string | null): bigint | string | null {
    if (text === null || text.length > maxSharedLength) return text
    const number = this.#numbers.get(text)
    if (number !== undefined) return number
    return this.#isShared(text, viewer) ? this.#share(text) : text
  }

  /** After a transaction was rolled back: numbers that it gave out do not exist. */
  forget(): void {
    this.#numbers.clear()
  }

  #isShared(text: string, viewer: string | null): boolean {
    const viewers = this.#viewersOf.get(text)
    if (!viewers) this.#viewersOf.set(text, [viewer])
    else if (!viewers.includes(viewer)) viewers.push(viewer)
    return viewers !== undefined && viewers.length >= sharingViewers
  }

  #share(text: string): bigint {
    const number = BigInt(this.#dictionary.id(text))
    this.#numbers.set(text, number)
    this.#viewersOf.delete(text)
    return number
  }
}

/** SQL that reads such a column: its text, wherever it stands. */
export const textOf = (column: string) =>
  `CASE typeof(${column}) WHEN 'integer' THEN (SELECT value FROM dictionary WHERE id = ${column}) ELSE ${column} END`
