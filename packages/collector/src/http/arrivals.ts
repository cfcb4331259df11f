import { defaultLimits } from './request-limits.ts'

/** Half-sent bodies may take so much memory in all. */
const defaultMaxBytes = 16 * 1024 * 1024
/** A good client's body of the largest size comes in some hundred pieces. Each costs time, however small it is. */
const maxPieces = 4096

/** What a piece costs beside its bytes. */
const pieceBytes = 256

/** One body on its way in. */
export class Arrival {
  /** Ends it, so that nobody waits for it any more. */
  readonly cut: () => void
  /** How large a body may be. */
  readonly maxBytes: number
  #pieces: Uint8Array[] = []
  #size = 0

  constructor(cut: () => void, maxBytes: number) {
    this.cut = cut
    this.maxBytes = maxBytes
  }

  /** What it takes in memory. */
  get heldBytes(): number {
    return this.#size + this.#pieces.length * pieceBytes
  }

  get isTooLarge(): boolean {
    return this.#size > this.maxBytes
  }

  get isScattered(): boolean {
    return this.#pieces.length > maxPieces
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#size += piece.byteLength
  }

  whole(): Uint8Array {
    const [first] = this.#pieces
    return first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#size)
  }

  letGo(): void {
    this.#pieces = []
    this.#size = 0
  }
}

/**
 * Bounds the memory of bodies that are still on their way in. Only what has arrived is counted, for a promise costs
 * nothing. Where the bound is reached, the body that has been on its way the longest is cut: a good client's arrives
 * within moments, so the oldest ones are those that somebody sends slowly.
 */
export class Arrivals {
  /** How large one body may be, after decompression, too. */
  readonly maxBodyBytes: number
  readonly #maxBytes: number
  /** In the order in which they began. */
  readonly #all = new Set<Arrival>()
  #heldBytes = 0

  constructor(maxBodyBytes = defaultLimits.bodyBytes, maxBytes = defaultMaxBytes) {
    this.maxBodyBytes = maxBodyBytes
    this.#maxBytes = maxBytes
  }

  begin(cut: () => void): Arrival {
    const arrival = new Arrival(cut, this.maxBodyBytes)
    this.#all.add(arrival)
    return arrival
  }

  /** More of it is here. It may be this one that is cut for it. */
  add(arrival: Arrival, piece: Uint8Array): void {
    if (!this.#all.has(arrival)) return
    const before = arrival.heldBytes
    arrival.add(piece)
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
