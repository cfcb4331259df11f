import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../migrate.ts'
import { type Fact, factColumns } from './fact.ts'
import { FactTable, maxPartRows } from './fact-table.ts'
import { OpenParts } from './open-parts.ts'

let db: Database.Database
let table: FactTable
beforeEach(() => {
  db = new Database(':memory:')
  migrate(db)
  table = new FactTable(db)
})
afterEach(() => void db.close())

/** Facts numbered from one: each column has another multiple of the number. */
const factsOf = (from: number, to: number): Fact[] =>
  Array.from(
    { length: to - from },
    (_, n) => Object.fromEntries(factColumns.map((name, column) => [name, (from + n) * (column + 1)])) as Fact,
  )

function stored(day: number): number[] {
  return table.parts(day).flatMap((part) => {
    const columns = table.read(day, part)
    for (const [column, name] of factColumns.entries()) {
      const seqs = Array.from(columns.seq, (seq) => seq * (column + 1))
      expect(Array.from(columns[name])).toEqual(seqs)
    }
    return Array.from(columns.seq)
  })
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

test('rows added bit by bit, to several days in turns, lie in the table in their order', () => {
  const open = new OpenParts(table)
  for (let n = 1; n < 400; n += 20) for (const day of [1, 2, 3]) open.append(day, factsOf(n, n + 20), 0)
  for (const day of [1, 2, 3]) expect(stored(day)).toEqual(numbers(1, 401))
})

test('a full part is followed by the next, however many rows come at once', () => {
  const open = new OpenParts(table)
  open.append(1, factsOf(1, 101), 0)
  open.append(1, factsOf(101, 2 * maxPartRows + 51), 0)
  expect(table.parts(1).map(({ rows }) => rows)).toEqual([maxPartRows, maxPartRows, 50])
  expect(stored(1)).toEqual(numbers(1, 2 * maxPartRows + 51))
})

test('nothing is added to a part that was sealed', () => {
  const open = new OpenParts(table)
  open.append(1, factsOf(1, 11), 0)
  open.append(1, factsOf(11, 21), 1)
  expect(table.parts(1)).toEqual([
    { part: 0, rows: 10 },
    { part: 1, rows: 10 },
  ])
  expect(stored(1)).toEqual(numbers(1, 21))
})

test('what a transaction had added that never happened is forgotten', () => {
  const open = new OpenParts(table)
  open.append(1, factsOf(1, 11), 0)
  db.exec('BEGIN')
  open.append(1, factsOf(11, 21), 0)
  db.exec('ROLLBACK')
  open.forget()
  open.append(1, factsOf(11, 16), 0)
  expect(stored(1)).toEqual(numbers(1, 16))
})

test('a part that another one has written is unpacked', () => {
  new OpenParts(table).append(1, factsOf(1, 11), 0)
  new OpenParts(table).append(1, factsOf(11, 16), 0)
  expect(stored(1)).toEqual(numbers(1, 16))
})

test('a part is packed the shortest way once it is full, and quickly before', () => {
  const formOf = () => db.prepare('SELECT substr(hex(data), 3, 2) FROM fact WHERE name = 0').pluck().get()
  const open = new OpenParts(table)
  open.append(1, factsOf(1, maxPartRows), 0)
  expect(formOf()).toBe('00')
  open.append(1, factsOf(maxPartRows, maxPartRows + 1), 0)
  expect(formOf()).toBe('04')
  expect(stored(1)).toHaveLength(maxPartRows)
})
