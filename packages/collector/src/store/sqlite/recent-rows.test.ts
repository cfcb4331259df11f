import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { Log } from './log.ts'
import { migrate } from './migrate.ts'
import { RecentRows } from './recent-rows.ts'

let db: Database.Database
let log: Log
beforeEach(() => {
  db = new Database(':memory:')
  migrate(db)
  log = new Log(db)
})
afterEach(() => void db.close())

const append = (rows: number) => {
  for (let n = 0; n < rows; n++) log.append(newEvent())
}
const seqs = (rows: readonly { seq: number }[]) => rows.map(({ seq }) => seq)

test('whoever is furthest behind gets the next rows of the log, in whatever steps the others go', () => {
  append(40)
  db.exec('DELETE FROM event WHERE seq IN (3, 4, 17)')
  const inLog = db.prepare<[number, number], number>('SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT ?').pluck()
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 60 }), (limits) => {
      const rows = new RecentRows(db)
      const cursors = [0, 0, 20]
      for (const limit of limits) {
        const furthest = cursors.indexOf(Math.min(...cursors))
        const cursor = cursors[furthest] ?? 0
        const next = seqs(rows.after(cursor, limit))
        expect(next).toEqual(inLog.all(cursor, limit))
        cursors[furthest] = next.at(-1) ?? cursor
      }
    }),
  )
})

test('a row is read once for all', () => {
  append(3)
  const rows = new RecentRows(db)
  const first = rows.after(0, 10)
  db.exec("UPDATE event SET country = 'NZ'")
  expect(rows.after(0, 10)).toEqual(first)
  expect(rows.after(1, 10)[0]).toBe(first[1])
  append(1)
  expect(seqs(rows.after(1, 10))).toEqual([2, 3, 4])
})

test('what was changed behind the cursor is read again when it is told of', () => {
  append(3)
  const rows = new RecentRows(db)
  rows.after(0, 10)
  db.exec('DELETE FROM event WHERE seq = 2')
  rows.forget()
  expect(seqs(rows.after(0, 10))).toEqual([1, 3])
})

test('whoever begins anew gets the first rows', () => {
  append(5)
  const rows = new RecentRows(db)
  rows.after(3, 10)
  expect(seqs(rows.after(0, 10))).toEqual([1, 2, 3, 4, 5])
})
