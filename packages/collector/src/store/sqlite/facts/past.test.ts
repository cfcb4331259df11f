import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { newEvent } from '../../../testing/events.ts'
import { tempFolder } from '../../../testing/temp-folder.ts'
import type { NewEvent } from '../../store.ts'
import { Pruner } from '../pruner.ts'
import { openSqliteStore } from '../store.ts'
import { PastTable } from './past-table.ts'

const dayMs = 86_400_000
const today = 20_000 * dayMs
const visitor = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

const visit = (daysAgo: number, who: number, channel: string | null, more: Partial<NewEvent> = {}): NewEvent =>
  newEvent({
    anonymousId: visitor(who),
    sessionId: visitor(1000 * (daysAgo + 1) + who),
    occurredAt: today - daysAgo * dayMs,
    receivedAt: today,
    channel,
    ...more,
  })

/** Visitor 1 came by mail before all others do, and then by an ad; visitor 2 says nothing before; visitor 3 is new. */
const visits = [
  visit(80, 1, 'email', { campaign: '{"utmCampaign":"spring"}' }),
  visit(70, 2, null),
  visit(50, 1, 'ad'),
  visit(5, 1, 'search', { eventType: 'save' }),
  visit(4, 2, 'social', { eventType: 'save' }),
  visit(3, 3, 'direct'),
]

async function openWithPast() {
  const file = join(tempFolder(), 'events.db')
  const store = await openSqliteStore({ file, windows: { byType: {}, fallbackMs: 0 }, now: () => today })
  await store.append(visits)
  await store.flush()
  await store.summarise({ events: 1, share: 0 })
  const db = new Database(file)
  onTestFinished(async () => {
    db.close()
    await store.close()
  })
  const range = { from: today - 10 * dayMs, to: today + 1 }
  return {
    store,
    db,
    /** Of which days, counted back from today, it is kept what there was before. */
    kept: () =>
      db
        .prepare<[], number>('SELECT before_day FROM past ORDER BY before_day')
        .pluck()
        .all()
        .map((day) => today / dayMs - day),
    async firstTouches(by: 'channel' | 'utmCampaign' = 'channel') {
      const query = { model: 'first', by, goal: 'save', range } as const
      const { answer } = await store.read('attribution', query)
      return Object.fromEntries(answer.map(({ key, visitors, conversions }) => [key, [visitors, conversions]]))
    },
    async newcomers() {
      const edges = [today - 10 * dayMs, today + dayMs]
      return (await store.read('cohorts', { edges })).answer
    },
  }
}

const asCounted = { email: [1, 1], social: [1, 1], direct: [1, 0] }

test('what viewers had done is kept before days of the last months, and reports say the same with it', async () => {
  const { store, kept, firstTouches, newcomers } = await openWithPast()
  expect(kept()).toEqual([78, 64, 50, 36])
  expect(await firstTouches()).toEqual(asCounted)
  expect(await firstTouches('utmCampaign')).toEqual({ spring: [1, 1], null: [2, 1] })
  expect(await newcomers()).toEqual([[1]])
  expect(await store.verify()).toEqual([])
})

test('it goes when an event comes in for a day that it is of, and is made anew', async () => {
  const { store, kept, firstTouches } = await openWithPast()
  await store.append([visit(65, 2, 'email')])
  await store.flush()
  expect(kept()).toEqual([78])
  const changed = { email: [2, 2], direct: [1, 0] }
  expect(await firstTouches()).toEqual(changed)
  await store.summarise({ events: 1, share: 0 })
  expect(kept()).toEqual([78, 64, 50, 36])
  expect(await firstTouches()).toEqual(changed)
  expect(await store.verify()).toEqual([])
})

test('nobody who was erased is in it', async () => {
  const { store, kept, firstTouches, newcomers } = await openWithPast()
  await store.erase({ anonymousId: visitor(1) })
  expect(kept()).toEqual([])
  await store.summarise({ events: 1, share: 0 })
  expect(kept()).toEqual([64, 50, 36])
  expect(await firstTouches()).toEqual({ social: [1, 1], direct: [1, 0] })
  expect(await newcomers()).toEqual([[1]])
  expect(await store.verify()).toEqual([])
})

test('days that are frozen are not in it', async () => {
  const { store, kept, firstTouches, newcomers } = await openWithPast()
  await store.prune(60)
  await store.summarise({ events: 1, share: 0 })
  expect(kept()).toEqual([36])
  expect(await firstTouches()).toEqual({ ad: [1, 1], social: [1, 1], direct: [1, 0] })
  expect(await newcomers()).toEqual([[2]])
  expect(await store.verify()).toEqual([])
})

test('nothing of frozen days is read from the moment on at which they are, however long it takes to let their rows go', async () => {
  const { store, db, kept, firstTouches, newcomers } = await openWithPast()
  new Pruner(db).step(today - 60 * dayMs, Number.MAX_SAFE_INTEGER)
  expect(kept()).toEqual([])
  expect(await firstTouches()).toEqual({ ad: [1, 1], social: [1, 1], direct: [1, 0] })
  expect(await newcomers()).toEqual([[2]])
  expect(await store.verify()).toEqual([])
})

test('what was made while one of its days was changed is not kept', async () => {
  const { db, kept } = await openWithPast()
  db.exec('DELETE FROM past')
  const table = new PastTable(db)
  const plan = table.plan()
  const made = { seen: new Uint8Array(), touches: new Uint8Array() }
  db.exec(`UPDATE fact_part SET rows = rows + 1 WHERE day = ${today / dayMs - 80}`)
  expect(plan && table.keep(plan, made)).toBe(false)
  expect(kept()).toEqual([])
  const again = table.plan()
  expect(again && table.keep(again, made)).toBe(true)
  expect(kept()).toEqual([36])
})
