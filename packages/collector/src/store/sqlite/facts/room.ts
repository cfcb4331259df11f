/** More than any part or day has of a busy site; what is larger is not kept. */
const maxKept = 1 << 17

/**
 * Room for numbers that are done with before it is used again: reports unpack millions of them, and what lies in a room
 * need not be tidied away. A thread's reads are answered one after the other, and share rooms.
 */
export class Room {
  #words = new Uint32Array(1024)

  /** Whoever had the room before is done with it: it is the same memory, with what is in it. */
  of(size: number): Uint32Array {
    if (size > maxKept) return new Uint32Array(size)
    if (size > this.#words.length) this.#words = new Uint32Array(Math.max(size, this.#words.length * 2))
    return this.#words.subarray(0, size)
  }
}
