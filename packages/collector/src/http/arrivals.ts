import { limits } from '@tallymark/schemas'

/** Half-sent bodies may take so much memory in all. */
const defaultMaxBytes = 32 * 1024 * 1024
/** A good client's body of the largest size comes in some hundred pieces. Each costs time, however small it is. */
const maxPieces = 4096

/** One body on its way in. */
export class Arrival {
  /** Ends it, so that nobody waits for it any more. */
  readonly cut: () => void
  #bytes: Uint8Array = new Uint8Array()
  #size = 0
  #pieces = 0

  constructor(cut: () => void) {
    this.cut = cut
  }

  /** What it takes in memory. */
  get heldBytes(): number {
    return this.#bytes.byteLength
  }

  get isTooLarge(): boolean {
    return this.#size > limits.maxBodyBytes
  }

  get isScattered(): boolean {
    return this.#pieces > maxPieces
  }

  /** Into one buffer that doubles: a list of chunks would cost many times their bytes where they come one by one. */
  add(chunk: Uint8Array): void {
    const size = this.#size + chunk.byteLength
    if (this.#size === 0) {
      // Most bodies come in one piece.
      this.#bytes = chunk
    } else {
      if (size > this.#bytes.byteLength) {
        const grown = new Uint8Array(Math.max(size, 2 * this.#size))
        grown.set(this.whole())
        this.#bytes = grown
      }
      this.#bytes.set(chunk, this.#size)
    }
    this.#size = size
    this.#pieces++
  }

  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  letGo(): void {
    this.#bytes = new Uint8Array()
    this.#size = 0
  }
}

/**
 * Bounds the memory of bodies that are still on their way in. Only what has arrived is counted, for a promise costs
 * nothing. Where the bound is reached, the body that has been on its way the longest is cut: a good client's arrives
 * within moments, so the oldest ones are those that somebody sends slowly.
 */
export class Arrivals {
  readonly #maxBytes: number
  /** In the order in which they began. */
  readonly #all = new Set<Arrival>()
  #heldBytes = 0

  constructor(maxBytes = defaultMaxBytes) {
    this.#maxBytes = maxBytes
  }

  begin(cut: () => void): Arrival {
    const arrival = new Arrival(cut)
    this.#all.add(arrival)
    return arrival
  }

  /** More of it is here. It may be this one that is cut for it. */
  add(arrival: Arrival, chunk: Uint8Array): void {
    if (!this.#all.has(arrival)) return
    const before = arrival.heldBytes
    arrival.add(chunk)
    this.#heldBytes += arrival.heldBytes - before
    for (const oldest of this.#all) {
      if (this.#heldBytes <= this.#maxBytes) return
      this.end(oldest)
      oldest.cut()
    }
  }

  /** It is complete, or given up: its memory is not counted here any more, and not held for it. */
  end(arrival: Arrival): void {
    if (!this.#all.delete(arrival)) return
    this.#heldBytes -= arrival.heldBytes
    arrival.letGo()
  }
}
