import type { Database } from 'better-sqlite3'
import type { Range } from '../../reads.ts'
import { dayMs, dayOf, hasWholeDay } from '../days.ts'
import { pickFrom, unpackColumn } from './column.ts'
import { type FactColumn, factColumns } from './fact.ts'
import type { Part } from './fact-table.ts'
import { Room } from './room.ts'

export type Numbers = Uint32Array | Float64Array

/** Some rows of one day: the columns that were asked for. They are there until whoever was handed them returns. */
export type Chunk<Name extends FactColumn> = { day: number; part: number; rows: number } & Record<Name, Numbers>

/** A part, and between which times of the day its rows lie. */
interface TimedPart extends Part {
  earliest: number
  latest: number
}

/** A column of one part takes as long to read as those of so many parts that are read one after the other. */
const fewParts = 4

/** Reads facts, a part at a time, with only the columns that are needed. */
export class FactReader {
  readonly #days
  readonly #parts
  readonly #hasPart
  readonly #latest
  readonly #column
  readonly #columnOfPart
  /** For the numbers of one part of each column: the next part's take their place. */
  readonly #rooms = new Map<FactColumn, Room>()

  constructor(db: Database) {
    this.#days = db
      .prepare<[number, number], number>('SELECT DISTINCT day FROM fact_part WHERE day BETWEEN ? AND ?')
      .pluck()
    this.#parts = db.prepare<[number, number, number], TimedPart>(
      'SELECT part, rows, earliest, latest FROM fact_part WHERE day = ? AND part >= ? AND part < ?',
    )
    this.#hasPart = db
      .prepare<[number, number], number>('SELECT 1 FROM fact_part WHERE day = ? AND part >= ? LIMIT 1')
      .pluck()
    this.#latest = db.prepare<[number], number | null>('SELECT max(latest) FROM fact_part WHERE day = ?').pluck()
    this.#column = db.prepare<[number, number, number, number], { part: number; data: Buffer }>(
      'SELECT part, data FROM fact WHERE day = ? AND name = ? AND part >= ? AND part < ?',
    )
    this.#columnOfPart = db
      .prepare<[number, number, number], Buffer>('SELECT data FROM fact WHERE day = ? AND name = ? AND part = ?')
      .pluck()
  }

  /** The days of a range that have facts. */
  days({ from, to }: Range): number[] {
    return from >= to ? [] : this.#days.all(dayOf(from), dayOf(to - 1))
  }

  /**
   * A range with the same facts that ends with a day, where nothing happened on its last day after it: as a rule such a
   * range is up to now, and of today it then has a whole day.
   */
  rounded({ from, to }: Range): Range {
    const begin = Math.floor(to / dayMs) * dayMs
    const latest = this.#latest.get(dayOf(to)) ?? Number.POSITIVE_INFINITY
    return { from, to: to > begin && begin + latest < to ? begin + dayMs : to }
  }

  /** Visits the facts of a range, day by day. */
  scan<Name extends FactColumn>(range: Range, names: readonly Name[], visit: (chunk: Chunk<Name>) => void): void {
    for (const day of this.days(range)) this.scanDay(day, range, names, visit)
  }

  /**
   * Visits the facts of one day that lie in a range; of its parts those from one on and before another.
   *
   * @param visit hands each part to a method, as a rule: a loop within a function that is made for one read is compiled
   * anew for each, as its code goes with it
   */
  scanDay<Name extends FactColumn>(
    day: number,
    range: Range,
    names: readonly Name[],
    visit: (chunk: Chunk<Name>) => void,
    firstPart = 0,
    endPart = Number.MAX_SAFE_INTEGER,
  ): void {
    // As a rule a day is summed up to its end, and asking for a list takes ten times as long.
    if (!this.hasPartsFrom(day, firstPart)) return
    const [from, to] = [range.from - day * dayMs, range.to - day * dayMs]
    // Sorted here, SQLite takes three times as long.
    const parts = this.#parts
      .all(day, firstPart, endPart)
      .filter(({ earliest, latest }) => earliest < to && latest >= from)
      .sort((a, b) => a.part - b.part)
    const [first, last] = [parts[0], parts.at(-1)]
    if (!first || !last) return
    // What is beyond a summary is one part as a rule, and asking for one record is faster than for a list.
    const columns = names.map((name) => ({
      name,
      packed: first === last ? this.#one(day, name) : this.#all(day, name, first.part, last.part + 1),
    }))
    for (const { part, rows, earliest, latest } of parts) {
      const isInside = from <= earliest && latest < to
      const places = isInside
        ? undefined
        : placesWithin(this.#unpacked('time', this.#one(day, 'time')(part), rows), from, to)
      if (places?.length === 0) continue
      const isAll = places === undefined || places.length === rows
      const chunk: Record<string, unknown> = { day, part, rows: places?.length ?? rows }
      for (const { name, packed } of columns) {
        chunk[name] = isAll ? this.#unpacked(name, packed(part), rows) : this.#picked(name, packed(part), rows, places)
      }
      visit(chunk as Chunk<Name>)
    }
  }

  /**
   * Visits some of the facts of one day that lie in a range, from one of its parts on: a function says by a few columns
   * which, by their places. The other columns are read of these alone.
   */
  scanDayWhere<Key extends FactColumn, Name extends FactColumn>(
    day: number,
    range: Range,
    keys: readonly Key[],
    placesOf: (chunk: Chunk<Key>) => Uint32Array,
    names: readonly Name[],
    visit: (chunk: Chunk<Name>) => void,
    firstPart = 0,
  ): void {
    const whole = { from: day * dayMs, to: (day + 1) * dayMs }
    const found: { part: number; rows: number; places: Uint32Array }[] = []
    let parts = 0
    const find = (chunk: Chunk<Key>) => {
      const places = placesOf(chunk)
      parts++
      if (places.length > 0) found.push({ part: chunk.part, rows: chunk.rows, places })
    }
    this.scanDay(day, whole, keys, find, firstPart)
    if (found.length === 0) return
    const isFew = found.length * fewParts < parts
    const readerOf = (name: FactColumn) => (isFew ? this.#one(day, name) : this.#all(day, name, firstPart))
    const times = hasWholeDay(range, day) ? undefined : readerOf('time')
    const columns = names.map((name) => ({ name, packed: readerOf(name) }))
    for (const { part, rows, places: all } of found) {
      const places = times ? within(range, whole.from, this.#picked('time', times(part), rows, all), all) : all
      const chunk: Record<string, unknown> = { day, part, rows: places.length }
      for (const { name, packed } of columns) chunk[name] = this.#picked(name, packed(part), rows, places)
      visit(chunk as Chunk<Name>)
    }
  }

  /** Zeros take no room in the file. */
  #unpacked(name: FactColumn, packed: Buffer | undefined, rows: number): Numbers {
    const room = this.#roomOf(name)
    return packed ? unpackColumn(packed, rows, room) : room.of(rows).fill(0)
  }

  #picked(name: FactColumn, packed: Buffer | undefined, rows: number, places: Uint32Array): Numbers {
    const room = this.#roomOf(name)
    return packed ? pickFrom(packed, rows, places, room) : room.of(places.length).fill(0)
  }

  #roomOf(name: FactColumn): Room {
    let room = this.#rooms.get(name)
    if (!room) {
      room = new Room()
      this.#rooms.set(name, room)
    }
    return room
  }

  hasPartsFrom(day: number, part: number): boolean {
    return this.#hasPart.get(day, part) !== undefined
  }

  #one(day: number, name: FactColumn): (part: number) => Buffer | undefined {
    return (part) => this.#columnOfPart.get(day, factColumns.indexOf(name), part)
  }

  #all(
    day: number,
    name: FactColumn,
    firstPart: number,
    endPart = Number.MAX_SAFE_INTEGER,
  ): (part: number) => Buffer | undefined {
    const records = this.#column.all(day, factColumns.indexOf(name), firstPart, endPart)
    const packed = new Map(records.map(({ part, data }) => [part, data]))
    return (part) => packed.get(part)
  }
}

/** Those of some rows of a part that lie in a range, by their times since the day began. */
const within = ({ from, to }: Range, begin: number, time: Numbers, places: Uint32Array): Uint32Array =>
  places.filter((_, n) => begin + (time[n] as number) >= from && begin + (time[n] as number) < to)

/** For places until it is known how many there are. */
const roomOfPlaces = new Room()

/** The places of the rows from one time on and before another: there until others are looked for. */
function placesWithin(time: Numbers, from: number, to: number): Uint32Array {
  const places = roomOfPlaces.of(time.length)
  let found = 0
  for (let row = 0; row < time.length; row++) {
    if ((time[row] as number) >= from && (time[row] as number) < to) places[found++] = row
  }
  return places.subarray(0, found)
}

/** The places of the rows that are about some entities: no call for each, as every row of a range goes through here. */
export function placesOf(entity: Numbers, entities: Uint8Array): Uint32Array {
  const places = roomOfPlaces.of(entity.length)
  let found = 0
  for (let row = 0; row < entity.length; row++) if (entities[entity[row] as number] === 1) places[found++] = row
  return places.slice(0, found)
}

/** The places of the rows for which a function says yes. */
export function placesWhere(rows: number, isMeant: (row: number) => boolean): Uint32Array {
  const places = roomOfPlaces.of(rows)
  let found = 0
  for (let row = 0; row < rows; row++) if (isMeant(row)) places[found++] = row
  return places.slice(0, found)
}
