import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { DailyCaps } from './daily-caps.ts'
import { migrate } from './migrate.ts'

const noon = Date.UTC(2026, 0, 15, 12)
const day = 86_400_000

function newDatabase() {
  const db = new Database(':memory:')
  migrate(db)
  db.pragma('foreign_keys = OFF')
  return db
}

const newCaps = (max: number) => new DailyCaps(newDatabase(), max)

const over = (caps: DailyCaps, times: number, client = 'a', entity = 1, type = 1) =>
  Array.from({ length: times }, () => caps.isOver(client, entity, type, noon)).filter(Boolean).length

test('so many of a client, entity and type are counted, and the rest are too many', () => {
  const caps = newCaps(3)
  expect(over(caps, 5)).toBe(2)
  expect([over(caps, 3, 'b'), over(caps, 3, 'a', 2), over(caps, 3, 'a', 1, 2)]).toEqual([0, 0, 0])
  caps.committed()
  expect(over(caps, 1)).toBe(1)
})

test('what was rolled back was never counted', () => {
  const caps = newCaps(3)
  over(caps, 2)
  caps.committed()
  over(caps, 1)
  caps.rolledBack()
  expect([over(caps, 1), over(caps, 1)]).toEqual([0, 1])
})

test('a cap of none takes any number', () => {
  expect(over(newCaps(0), 10_000)).toBe(0)
})

test('tallies that count are remembered after a restart, on the same day', () => {
  const db = newDatabase()
  const before = new DailyCaps(db, 40)
  expect([over(before, 30), over(before, 9, 'b')]).toEqual([0, 0])
  before.committed()
  const kept = db.prepare('SELECT client, count FROM daily_cap')
  expect(kept.all()).toEqual([{ client: 'a', count: 30 }])

  const after = new DailyCaps(db, 40)
  after.refill(noon + 1000)
  expect(over(after, 15)).toBe(5)
  const tomorrow = new DailyCaps(db, 40)
  tomorrow.refill(noon + day)
  expect(over(tomorrow, 15)).toBe(0)

  after.expire(noon)
  expect(kept.all()).toEqual([{ client: 'a', count: 40 }])
  after.expire(noon + day)
  expect(kept.all()).toEqual([])
})
