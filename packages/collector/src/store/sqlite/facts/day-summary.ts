import type { PackedRecord } from './packed-record.ts'
import type { SummaryCache } from './summary-cache.ts'

/** A record that may be unpacked already: under its name, and as it was made at last. */
export interface KeptRecord {
  cache: SummaryCache
  name: string
  version: string
  /** Fetches it. */
  fetch(): Buffer
}

/** What a day comes to, up to one of its parts. Its record is fetched when something of it is not kept unpacked. */
export class DaySummary implements PackedRecord {
  /** The first part that it does not cover. */
  readonly parts: number
  readonly #record: KeptRecord
  #data: Buffer | undefined

  constructor(parts: number, record: KeptRecord) {
    this.parts = parts
    this.#record = record
  }

  get data(): Buffer {
    this.#data ??= this.#record.fetch()
    return this.#data
  }

  unpacked<Value extends object>(part: string, unpack: (packed: Buffer) => Value): Value {
    const { cache, name, version } = this.#record
    return cache.of(`${name} ${part}`, version, () => unpack(this.data))
  }
}
