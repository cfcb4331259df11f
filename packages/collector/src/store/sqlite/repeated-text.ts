import type { Dictionary } from './dictionary.ts'

/** Numbers for a column whose text is mostly that of the row before: comparing the two costs less than looking it up. */
export class RepeatedText {
  readonly #dictionary: Dictionary
  #text: string | undefined
  #number = 0

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  id(text: string): number {
    if (text !== this.#text) {
      this.#number = this.#dictionary.id(text)
      this.#text = text
    }
    return this.#number
  }

  idOrNull(text: string | null): number | null {
    return text === null ? null : this.id(text)
  }

  forget(): void {
    this.#text = undefined
  }
}
