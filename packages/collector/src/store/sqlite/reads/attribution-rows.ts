import { ViewerSet } from '../facts/viewer-set.ts'

/** What came by one key. */
interface AttributionRow {
  visitors: number
  sessions: number
  conversions: number
}

export class AttributionRows {
  readonly #rows: AttributionRow[] = []
  /** By key: further visitors, who count once. */
  readonly #visitors: ViewerSet[] = []

  of(key: number): AttributionRow {
    const row = this.#rows[key]
    if (row) return row
    const added = { visitors: 0, sessions: 0, conversions: 0 }
    this.#rows[key] = added
    return added
  }

  /** Whoever it was is one of the key's visitors, however often. */
  visitorsOf(key: number): ViewerSet {
    this.of(key)
    const set = this.#visitors[key]
    if (set) return set
    const added = new ViewerSet()
    this.#visitors[key] = added
    return added
  }

  all(): [key: number, row: AttributionRow][] {
    const counted = [...this.#rows.entries()].filter(([, row]) => row !== undefined)
    return counted.map(([key, row]) => [key, { ...row, visitors: row.visitors + (this.#visitors[key]?.size ?? 0) }])
  }
}
