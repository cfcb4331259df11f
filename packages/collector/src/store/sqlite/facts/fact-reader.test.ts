import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dayMs } from '../days.ts'
import { migrate } from '../migrate.ts'
import { FactReader } from './fact-reader.ts'
import { FactTable, toColumns } from './fact-table.ts'

let db: Database.Database

beforeEach(() => {
  db = new Database(':memory:')
  migrate(db)
})

afterEach(() => db.close())

const day = 3
const someTime = fc.oneof(fc.nat(5), fc.nat(dayMs - 1), fc.constant(dayMs - 1))
const someParts = fc.array(fc.array(someTime, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 })
/** May begin before the day, and end after it. */
const someRange = fc
  .tuple(fc.integer({ min: -5, max: dayMs + 5 }), fc.integer({ min: -5, max: dayMs + 5 }))
  .map(([a, b]) => ({ from: day * dayMs + Math.min(a, b), to: day * dayMs + Math.max(a, b) }))

/** Parts with these times; the type of each row is its number among all of them. */
function write(parts: readonly (readonly number[])[]): void {
  const table = new FactTable(db)
  let written = 0
  for (const [part, times] of parts.entries()) {
    const types = times.map(() => ++written)
    table.write(
      day,
      part,
      toColumns((name) => (name === 'time' ? [...times] : name === 'type' ? types : times.map(() => 0))),
    )
  }
}

function typesOf(range: { from: number; to: number }): number[] {
  const found: number[] = []
  new FactReader(db).scanDay(day, range, ['type', 'entity'], ({ rows, type, entity }) => {
    expect([type.length, Array.from(entity)]).toEqual([rows, Array.from({ length: rows }, () => 0)])
    found.push(...type)
  })
  return found
}

test('a range has the rows within it, whatever is known of the times of a part', () => {
  fc.assert(
    fc.property(someParts, someRange, (parts, range) => {
      db.exec('DELETE FROM fact; DELETE FROM fact_part')
      write(parts)
      const within = (time: number) => day * dayMs + time >= range.from && day * dayMs + time < range.to
      const expected = parts.flat().flatMap((time, row) => (within(time) ? [row + 1] : []))
      expect(typesOf(range)).toEqual(expected)
      // As parts are that were written before their times were kept.
      db.exec('UPDATE fact_part SET earliest = 0, latest = 86399999')
      expect(typesOf(range)).toEqual(expected)
    }),
  )
})

test('a range up to now has today as a whole where nothing happened later', () => {
  write([[1000, 5000], [3000]])
  const reader = new FactReader(db)
  const begin = day * dayMs
  expect(reader.rounded({ from: 7, to: begin + 5001 })).toEqual({ from: 7, to: begin + dayMs })
  expect(reader.rounded({ from: 7, to: begin + 5000 })).toEqual({ from: 7, to: begin + 5000 })
  expect(reader.rounded({ from: 7, to: begin })).toEqual({ from: 7, to: begin })
  expect(reader.rounded({ from: 7, to: begin + dayMs + 9 })).toEqual({ from: 7, to: begin + dayMs + 9 })
})
