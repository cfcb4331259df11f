import type { Unpacked } from './packed-record.ts'

/** What an entry and each of its arrays take beside its numbers, about. */
const entryBytes = 512
const arrayBytes = 768

/** An entry is out of use when as many others were asked for since as there are, so many times over. */
const outOfUseAfter = 8

interface Kept {
  version: string
  value: object
  bytes: number
  /** When it was asked for at last, counted in questions. */
  askedAt: number
}

/**
 * What reads have unpacked of records lately. Reports are asked for again and again, and most of the days that they are
 * about have not changed since: then their records are neither fetched nor unpacked. Without room for more, what is in
 * use stays: reports go through days in their order, and where they need more than there is room for, each would drive
 * out what the next one is about to ask for.
 */
export class SummaryCache {
  readonly #maxBytes: number
  /** In the order in which they were asked for. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  #asked = 0

  /** @param maxBytes that it has at most: each thread that reads has one */
  constructor(maxBytes = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes
  }

  /** About so many are in use. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * What is kept, or is unpacked now: one array, or several by their names. Nobody may change it.
   *
   * @param key names what it is; the same key always has the same type
   * @param version of the record: what was unpacked of another is out of date
   */
  of<Value extends Unpacked<Value>>(key: string, version: string, unpack: () => Value): Value {
    this.#asked++
    const known = this.#kept.get(key)
    if (known) this.#drop(key, known)
    if (known?.version === version) {
      known.askedAt = this.#asked
      this.#add(key, known)
      return known.value as Value
    }
    const value = unpack()
    const kept = { version, value, bytes: bytesOf(value), askedAt: this.#asked }
    if (this.#makeRoom(kept.bytes)) this.#add(key, kept)
    return value
  }

  /** Lets go of what is out of use, as far as so many need it; returns whether there is room for them then. */
  #makeRoom(bytes: number): boolean {
    for (const [key, kept] of this.#kept) {
      const isInUse = this.#asked - kept.askedAt <= outOfUseAfter * this.#kept.size
      if (this.#bytes + bytes <= this.#maxBytes || isInUse) break
      this.#drop(key, kept)
    }
    return this.#bytes + bytes <= this.#maxBytes
  }

  #add(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    this.#bytes += kept.bytes
  }

  #drop(key: string, { bytes }: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= bytes
  }
}

function bytesOf(value: object): number {
  const arrays = ArrayBuffer.isView(value) ? [value] : Object.values(value).filter((each) => ArrayBuffer.isView(each))
  return arrays.reduce((bytes, { byteLength }) => bytes + arrayBytes + byteLength, entryBytes)
}
