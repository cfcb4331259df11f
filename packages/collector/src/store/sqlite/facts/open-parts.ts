import { packColumn, packQuickly } from './column.ts'
import { type Fact, type FactColumn, factColumns } from './fact.ts'
import { type FactTable, maxPartRows, type Part, toColumns } from './fact-table.ts'

/** As many days as rows come in for at a time: today's, and around midnight yesterday's. Each takes 0.6 MB. */
const maxOpen = 2

interface OpenPart {
  part: number
  rows: number
  columns: Record<FactColumn, Float64Array>
}

/** The parts that rows are still added to, as numbers: unpacking thousands of rows to add a few would cost more than they do. */
export class OpenParts {
  readonly #table: FactTable
  readonly #byDay = new Map<number, OpenPart>()

  constructor(table: FactTable) {
    this.#table = table
  }

  /**
   * Adds rows to a day, and writes what has become of it.
   *
   * @param sealed how many parts nothing may be added to any more
   */
  append(day: number, facts: readonly Fact[], sealed: number): void {
    let open = this.#open(day, sealed)
    for (let from = 0; from < facts.length; ) {
      if (open.rows === maxPartRows) open = emptyPart(open.part + 1)
      const added = facts.slice(from, from + maxPartRows - open.rows)
      for (const name of factColumns) {
        const column = open.columns[name]
        for (let n = 0; n < added.length; n++) column[open.rows + n] = (added[n] as Fact)[name]
      }
      open.rows += added.length
      from += added.length
      const { part, rows, columns } = open
      this.#table.write(
        day,
        part,
        toColumns((name) => columns[name].subarray(0, rows)),
        rows === maxPartRows ? packColumn : packQuickly,
      )
    }
    this.#keep(day, open)
  }

  /** The parts were changed by other means than by adding to them. */
  forget(): void {
    this.#byDay.clear()
  }

  /** The last part, where it has room and is not sealed; else a new one. */
  #open(day: number, sealed: number): OpenPart {
    const last = this.#table.lastPart(day)
    if (!last || last.part < sealed || last.rows === maxPartRows)
      return emptyPart(Math.max(sealed, (last?.part ?? -1) + 1))
    const known = this.#byDay.get(day)
    return known?.part === last.part && known.rows === last.rows ? known : this.#unpack(day, last)
  }

  #unpack(day: number, { part, rows }: Part): OpenPart {
    const open = { ...emptyPart(part), rows }
    for (const name of factColumns) open.columns[name].set(this.#table.column(day, { part, rows }, name))
    return open
  }

  #keep(day: number, open: OpenPart): void {
    this.#byDay.delete(day)
    this.#byDay.set(day, open)
    for (const oldest of this.#byDay.keys()) {
      if (this.#byDay.size <= maxOpen) break
      this.#byDay.delete(oldest)
    }
  }
}

const emptyPart = (part: number): OpenPart => ({
  part,
  rows: 0,
  columns: toColumns(() => new Float64Array(maxPartRows)),
})
