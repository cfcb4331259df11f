import type { PackedRecord, Unpacked } from './packed-record.ts'
import type { SummaryCache } from './summary-cache.ts'

/** Where a record is in the file, and what was unpacked of it in the cache. */
export interface CachedRecord {
  cache: SummaryCache
  /** Of no other record. */
  key: string
  version: string
  fetch(): Buffer
}

/** What a day comes to, up to one of its parts. Its record is fetched once something is asked for that is not in the cache. */
export class DaySummary implements PackedRecord {
  /** The first part that it does not cover. */
  readonly parts: number
  readonly #record: CachedRecord
  #data: Buffer | undefined

  constructor(parts: number, record: CachedRecord) {
    this.parts = parts
    this.#record = record
  }

  /** As it is packed, for sums by entity: of these each read unpacks only what it is about. */
  get data(): Buffer {
    this.#data ??= this.#record.fetch()
    return this.#data
  }

  unpacked<Value extends Unpacked<Value>>(name: string, unpack: (packed: Buffer) => Value): Value {
    const { cache, key, version } = this.#record
    return cache.of(`${key} ${name}`, version, () => unpack(this.data))
  }
}
