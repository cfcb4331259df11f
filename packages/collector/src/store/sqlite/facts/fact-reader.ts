import type { Database } from 'better-sqlite3'
import { dayMs, dayOf } from '../days.ts'
import { unpackAny, unpackWhole } from './column.ts'
import { type FactColumn, factColumns, wideColumns } from './fact.ts'
import type { Part } from './fact-table.ts'

/** From an instant to before another, in milliseconds. */
export interface Range {
  from: number
  to: number
}

export type Numbers = Uint32Array | Float64Array

/** Some rows of one day: the columns that were asked for. */
export type Chunk<Name extends FactColumn> = { day: number; part: number; rows: number } & Record<Name, Numbers>

/** Reads facts, a part at a time, with only the columns that are needed. */
export class FactReader {
  readonly #days
  readonly #parts
  readonly #column

  constructor(db: Database) {
    this.#days = db
      .prepare<[number, number], number>('SELECT DISTINCT day FROM fact_part WHERE day BETWEEN ? AND ?')
      .pluck()
    this.#parts = db.prepare<[number, number, number], Part>(
      'SELECT part, rows FROM fact_part WHERE day = ? AND part >= ? AND part < ? ORDER BY part',
    )
    this.#column = db.prepare<[number, number, number, number], { part: number; data: Buffer }>(
      'SELECT part, data FROM fact WHERE day = ? AND name = ? AND part >= ? AND part < ? ORDER BY part',
    )
  }

  /** The days of a range that have facts. */
  days({ from, to }: Range): number[] {
    return from >= to ? [] : this.#days.all(dayOf(from), dayOf(to - 1))
  }

  /** Visits the facts of a range, day by day. */
  scan<Name extends FactColumn>(range: Range, names: readonly Name[], visit: (chunk: Chunk<Name>) => void): void {
    for (const day of this.days(range)) this.scanDay(day, range, names, visit)
  }

  /** Visits the facts of one day that lie in a range; of its parts those from one on and before another. */
  scanDay<Name extends FactColumn>(
    day: number,
    range: Range,
    names: readonly Name[],
    visit: (chunk: Chunk<Name>) => void,
    firstPart = 0,
    endPart = Number.MAX_SAFE_INTEGER,
  ): void {
    const begin = day * dayMs
    const isWhole = range.from <= begin && begin + dayMs <= range.to
    const needed = isWhole ? names : [...new Set<FactColumn>([...names, 'time'])]
    const columns = needed.map((name) => ({ name, packed: this.#packed(day, name, firstPart, endPart) }))
    for (const { part, rows } of this.#parts.all(day, firstPart, endPart)) {
      const chunk: Record<string, unknown> = { day, part, rows }
      for (const { name, packed } of columns) chunk[name] = unpack(name, packed.get(part), rows)
      visit((isWhole ? chunk : within(chunk as Chunk<FactColumn>, range, names)) as Chunk<Name>)
    }
  }

  #packed(day: number, name: FactColumn, firstPart: number, endPart: number): Map<number, Buffer> {
    const records = this.#column.all(day, factColumns.indexOf(name), firstPart, endPart)
    return new Map(records.map(({ part, data }) => [part, data]))
  }
}

function unpack(name: FactColumn, packed: Buffer | undefined, rows: number): Numbers {
  if (wideColumns.has(name)) return packed ? unpackAny(packed, rows) : new Float64Array(rows)
  return packed ? unpackWhole(packed, rows) : new Uint32Array(rows)
}

/** The rows of a chunk that lie in a range. */
function within<Name extends FactColumn>(
  chunk: Chunk<FactColumn>,
  { from, to }: Range,
  names: readonly Name[],
): Chunk<Name> {
  const begin = chunk.day * dayMs
  const isInside = (time: number) => begin + time >= from && begin + time < to
  const pick = (values: Numbers) => values.filter((_: number, row: number) => isInside(chunk.time[row] as number))
  const picked: Record<string, unknown> = { day: chunk.day, part: chunk.part, rows: pick(chunk.time).length }
  for (const name of names) picked[name] = pick(chunk[name])
  return picked as Chunk<Name>
}
