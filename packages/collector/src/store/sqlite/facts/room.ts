/** More than any part or day has of a busy site; what is larger is not kept. */
const maxKept = 1 << 17

/**
 * Room for numbers that are done with before it is used again: reports unpack millions of them, and what lies in a room
 * need not be tidied away.
 */
export class Room {
  #words = new Uint32Array(1024)

  /** Has what was in it last. */
  of(size: number): Uint32Array {
    if (size > maxKept) return new Uint32Array(size)
    if (size > this.#words.length) this.#words = new Uint32Array(Math.max(size, this.#words.length * 2))
    return this.#words.subarray(0, size)
  }
}
