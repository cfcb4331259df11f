/** What each thread keeps at most: a busy site's reports of a month are a few times less. */
const mostBytes = 64 * 1024 * 1024

/** What an entry takes beside its numbers, about. */
const entryBytes = 256

interface Kept {
  version: string
  value: object
  bytes: number
}

/**
 * What reads have unpacked of records lately. Reports are asked for again and again, and most of the days that they are
 * about have not changed since: then their records are neither fetched nor unpacked. What was not asked for for longest
 * goes first.
 */
export class SummaryCache {
  readonly #mostBytes: number
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  constructor(maxBytes = mostBytes) {
    this.#mostBytes = maxBytes
  }

  /**
   * What is kept, or is unpacked now: one array, or several by their names. Nobody may change it.
   *
   * @param key names what it is; the same key always has the same type
   * @param version of the record: what was unpacked of another is out of date
   */
  of<Value extends object>(key: string, version: string, unpack: () => Value): Value {
    const known = this.#kept.get(key)
    if (known) this.#drop(key, known)
    const value = known?.version === version ? (known.value as Value) : unpack()
    this.#keep(key, { version, value, bytes: known?.value === value ? known.bytes : entryBytes + bytesOf(value) })
    return value
  }

  get bytes(): number {
    return this.#bytes
  }

  /** As the latest. */
  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    this.#bytes += kept.bytes
    for (const [oldest, each] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return
      this.#drop(oldest, each)
    }
  }

  #drop(key: string, { bytes }: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= bytes
  }
}

function bytesOf(value: object): number {
  if (ArrayBuffer.isView(value)) return value.byteLength
  const columns = Object.values(value).filter((each) => ArrayBuffer.isView(each))
  return columns.reduce((bytes, { byteLength }) => bytes + byteLength, 0)
}
