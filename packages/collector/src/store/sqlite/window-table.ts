/** A dedupe key: 64 bits, as two unsigned halves. */
export interface WindowKey {
  high: number
  low: number
}

/** One stored event as the dedupe window remembers it. Times are milliseconds since the epoch. */
export interface WindowEntry extends WindowKey {
  occurredAt: number
  windowMs: number
  /** When it may be forgotten. */
  expiresAt: number
}

const initialSlots = 1 << 14
const maxSample = 50_000

/**
 * Remembers when events with a dedupe key occurred, to recognise the same view again.
 *
 * Stored events that share a key lie at least a window apart, so each stretch of one window's length holds at most
 * one: an event's neighbours are found in its own stretch and in the two beside it. Open addressing in typed
 * arrays: 28 bytes a slot, no object an entry.
 */
export class WindowTable {
  #slots = new Slots(initialSlots)
  readonly #maxEntries: number
  #forgotten = 0

  constructor(maxEntries = 2_000_000) {
    this.#maxEntries = maxEntries
  }

  /** Entries given up before their time because the table was full. */
  get forgotten(): number {
    return this.#forgotten
  }

  get size(): number {
    return this.#slots.used
  }

  get full(): boolean {
    return this.#slots.used >= this.#maxEntries
  }

  /** Whether a remembered event with this key lies less than a window away, before or after. */
  has(key: WindowKey, occurredAt: number, windowMs: number, now: number): boolean {
    const stretch = Math.floor(occurredAt / windowMs)
    return (
      this.#slots.near(key, stretch, occurredAt, windowMs, now) ||
      this.#slots.near(key, stretch - 1, occurredAt, windowMs, now) ||
      this.#slots.near(key, stretch + 1, occurredAt, windowMs, now)
    )
  }

  add(entry: WindowEntry, now: number): void {
    if (this.full || this.#slots.used * 2 >= this.#slots.length) this.#makeRoom(now)
    const { high, low, occurredAt, windowMs, expiresAt } = entry
    this.#slots.place(hash(entry, Math.floor(occurredAt / windowMs)), high, low, occurredAt, expiresAt)
  }

  /** Lets go of what has expired; where that is not enough, grows, and at the bound gives up the oldest quarter. */
  #makeRoom(now: number): void {
    const kept = this.#slots.countAfter(now)
    const length = kept * 4 > this.#slots.length ? this.#slots.length * 2 : this.#slots.length
    if (kept < this.#maxEntries) {
      this.#slots = this.#slots.copy(length, (expiresAt) => expiresAt > now)
      return
    }
    const oldest = this.#slots.quarterOf(now)
    let givenUp = kept >> 2
    // As many may expire with the last of the oldest quarter; then only so many of them go.
    this.#slots = this.#slots.copy(length, (expiresAt) => expiresAt > now && (expiresAt > oldest || givenUp-- <= 0))
    this.#forgotten += kept - this.#slots.used
  }
}

class Slots {
  used = 0
  readonly length: number
  readonly #hash: Uint32Array
  readonly #high: Uint32Array
  readonly #low: Uint32Array
  readonly #occurredAt: Float64Array
  /** 0 marks a free slot. */
  readonly #expiresAt: Float64Array

  /** @param length a power of two */
  constructor(length: number) {
    this.length = length
    this.#hash = new Uint32Array(length)
    this.#high = new Uint32Array(length)
    this.#low = new Uint32Array(length)
    this.#occurredAt = new Float64Array(length)
    this.#expiresAt = new Float64Array(length)
  }

  near(key: WindowKey, stretch: number, occurredAt: number, windowMs: number, now: number): boolean {
    const mask = this.length - 1
    for (let slot = hash(key, stretch) & mask; this.#expiresAt[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#high[slot] !== key.high || this.#low[slot] !== key.low) continue
      if ((this.#expiresAt[slot] ?? 0) <= now) continue
      if (Math.abs((this.#occurredAt[slot] ?? 0) - occurredAt) < windowMs) return true
    }
    return false
  }

  place(hash: number, high: number, low: number, occurredAt: number, expiresAt: number): void {
    const mask = this.length - 1
    let slot = hash & mask
    while (this.#expiresAt[slot] !== 0) slot = (slot + 1) & mask
    this.#hash[slot] = hash
    this.#high[slot] = high
    this.#low[slot] = low
    this.#occurredAt[slot] = occurredAt
    this.#expiresAt[slot] = expiresAt
    this.used++
  }

  countAfter(now: number): number {
    let count = 0
    for (const expiresAt of this.#expiresAt) if (expiresAt > now) count++
    return count
  }

  /** About when the quarter that expires first will have done so: by a sample, for sorting all would take a second. */
  quarterOf(now: number): number {
    const step = Math.ceil(this.length / maxSample)
    const sample = this.#expiresAt.filter((expiresAt, slot) => slot % step === 0 && expiresAt > now).sort()
    return sample[sample.length >> 2] ?? now
  }

  copy(length: number, keeps: (expiresAt: number) => boolean): Slots {
    const copy = new Slots(length)
    for (let slot = 0; slot < this.length; slot++) {
      const expiresAt = this.#expiresAt[slot] ?? 0
      if (expiresAt === 0 || !keeps(expiresAt)) continue
      const [hash = 0, high = 0, low = 0, at = 0] = [
        this.#hash[slot],
        this.#high[slot],
        this.#low[slot],
        this.#occurredAt[slot],
      ]
      copy.place(hash, high, low, at, expiresAt)
    }
    return copy
  }
}

/** Spreads keys and stretches over the slots. */
function hash(key: WindowKey, stretch: number): number {
  return (key.low ^ Math.imul(key.high, 0x9e3779b1) ^ Math.imul(stretch, 0x85ebca6b)) >>> 0
}
