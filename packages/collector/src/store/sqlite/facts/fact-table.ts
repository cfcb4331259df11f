import type { Database } from 'better-sqlite3'
import { packColumn, unpackColumn } from './column.ts'
import { type Fact, type FactColumn, factColumns } from './fact.ts'

/** Rows in one part: few enough to be packed anew when one is added, enough for a report to read fast. */
export const maxPartRows = 4096

/** A part as it is written: rows of facts, column by column. */
export type Columns = Record<FactColumn, ArrayLike<number>>

export interface Part {
  part: number
  rows: number
}

/** The facts of a day lie in parts, in the order in which they were folded; each column of a part is one record. */
export class FactTable {
  readonly #parts
  readonly #lastPart
  readonly #days
  readonly #read
  readonly #write
  readonly #writePart
  readonly #remove
  readonly #removePart

  constructor(db: Database) {
    this.#parts = db.prepare<[number], Part>('SELECT part, rows FROM fact_part WHERE day = ? ORDER BY part')
    this.#lastPart = db.prepare<[number], Part>(
      'SELECT part, rows FROM fact_part WHERE day = ? ORDER BY part DESC LIMIT 1',
    )
    this.#days = db.prepare<[], number>('SELECT DISTINCT day FROM fact_part ORDER BY day').pluck()
    this.#read = db
      .prepare<[number, number, number], Buffer>('SELECT data FROM fact WHERE day = ? AND name = ? AND part = ?')
      .pluck()
    this.#write = db.prepare<[number, number, number, Buffer]>('INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?)')
    this.#writePart = db.prepare<[number, number, number, number, number]>(
      'INSERT OR REPLACE INTO fact_part (day, part, rows, earliest, latest) VALUES (?, ?, ?, ?, ?)',
    )
    this.#remove = db.prepare<[number, number, number]>('DELETE FROM fact WHERE day = ? AND name = ? AND part = ?')
    this.#removePart = db.prepare<[number, number]>('DELETE FROM fact_part WHERE day = ? AND part = ?')
  }

  days(): number[] {
    return this.#days.all()
  }

  parts(day: number): Part[] {
    return this.#parts.all(day)
  }

  lastPart(day: number): Part | undefined {
    return this.#lastPart.get(day)
  }

  column(day: number, { part, rows }: Part, name: FactColumn): ArrayLike<number> {
    const packed = this.#read.get(day, factColumns.indexOf(name), part)
    return packed ? unpackColumn(packed, rows) : new Uint32Array(rows)
  }

  read(day: number, part: Part): Columns {
    return toColumns((name) => this.column(day, part, name))
  }

  /** @param pack how: quickly, where the part is soon written again */
  write(day: number, part: number, columns: Columns, pack: typeof packColumn = packColumn): void {
    const rows = columns.seq.length
    if (rows === 0) this.#removePart.run(day, part)
    else this.#writePart.run(day, part, rows, ...boundsOf(columns.time))
    for (const [number, name] of factColumns.entries()) {
      // What no row of the part has takes no room.
      if (isEmpty(columns[name])) this.#remove.run(day, number, part)
      else this.#write.run(day, number, part, pack(columns[name]))
    }
  }
}

export const toColumns = <Values extends ArrayLike<number>>(
  of: (name: FactColumn) => Values,
): Record<FactColumn, Values> =>
  Object.fromEntries(factColumns.map((name) => [name, of(name)])) as Record<FactColumn, Values>

/** The rows of a part, of which `keep` says by their number which ones stay, and further ones. */
export function edited(columns: Columns, keep: (row: number) => boolean, added: readonly Fact[] = []): Columns {
  return toColumns((name) => [
    ...Array.from(columns[name]).filter((_, row) => keep(row)),
    ...added.map((fact) => fact[name]),
  ])
}

function boundsOf(times: ArrayLike<number>): [earliest: number, latest: number] {
  let earliest = Number.POSITIVE_INFINITY
  let latest = 0
  for (let n = 0; n < times.length; n++) {
    const time = times[n] as number
    if (time < earliest) earliest = time
    if (time > latest) latest = time
  }
  return [earliest, latest]
}

function isEmpty(values: ArrayLike<number>): boolean {
  for (let n = 0; n < values.length; n++) if (values[n] !== 0) return false
  return true
}
