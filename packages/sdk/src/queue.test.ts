import { createStore, keys } from 'idb-keyval'
import { v7 } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'
import { openQueue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'

const bounds = { maxQueueEvents: 100, maxQueueBytes: 1_000_000 }
const all = () => true
const make = (identity: string | null = null, bytes = 10): QueuedEvent => ({ id: v7(), identity, bytes, json: '{}' })

let databases = 0
function setUp(over = bounds) {
  const name = `queue ${++databases}`
  const full: QueuedEvent[] = []
  const open = () => openQueue(name, over, (gone) => full.push(gone))
  return { name, open, full, queue: open() }
}

afterEach(() => vi.unstubAllGlobals())

test('events outlive the page, in their order', async () => {
  const { queue, open } = setUp()
  const events = [make(), make(), make()]
  for (const queued of events) queue.push(queued)
  expect(await queue.peek(10, all)).toEqual(events)
  expect(await open().peek(10, all)).toEqual(events)
  expect(await open().peek(2, all)).toEqual(events.slice(0, 2))
})

test('peeking leaves the events, removing takes them away', async () => {
  const { queue, open } = setUp()
  const [first, second] = [make(), make()]
  queue.push(first)
  queue.push(second)
  expect(queue.recent()).toEqual([first, second])
  await queue.peek(10, all)
  await queue.remove([first])
  expect(await open().peek(10, all)).toEqual([second])
  expect(queue.recent()).toEqual([second])
})

test('there is one record an event, under its id', async () => {
  const { queue, name } = setUp()
  const queued = make()
  queue.push(queued)
  await queue.peek(1, all)
  expect(await keys(createStore(name, 'events'))).toEqual([queued.id, '~bytes'])
})

test('finds the acceptable ones behind any number of others', async () => {
  const { queue } = setUp({ maxQueueEvents: 10_000, maxQueueBytes: 1e9 })
  for (let i = 0; i < 1_200; i++) queue.push(make('ann'))
  const mine = make()
  queue.push(mine)
  expect(await queue.peek(50, ({ identity }) => identity === null)).toEqual([mine])
})

test('over the bound of events the oldest give way, and are told', async () => {
  const { queue, full } = setUp({ ...bounds, maxQueueEvents: 3 })
  const events = [make(), make(), make(), make(), make()]
  for (const queued of events) queue.push(queued)
  expect(await queue.peek(10, all)).toEqual(events.slice(2))
  expect(full).toEqual(events.slice(0, 2))
})

test('over the bound of bytes, too, and removing makes room', async () => {
  const { queue, full } = setUp({ ...bounds, maxQueueBytes: 100 })
  const events = [make(null, 40), make(null, 40)]
  for (const queued of events) queue.push(queued)
  await queue.peek(10, all)
  await queue.remove(events.slice(0, 1))
  const third = make(null, 60)
  queue.push(third)
  expect(await queue.peek(10, all)).toEqual([events[1], third])
  expect(full).toEqual([])
  queue.push(make(null, 1))
  await queue.peek(10, all)
  expect(full).toEqual([events[1]])
})

test('removing twice does not make room twice', async () => {
  const { queue, full } = setUp({ ...bounds, maxQueueBytes: 100 })
  const [first, second] = [make(null, 40), make(null, 40)]
  queue.push(first)
  queue.push(second)
  await queue.peek(10, all)
  await Promise.all([queue.remove([first]), queue.remove([first])])
  queue.push(make(null, 61))
  await queue.peek(10, all)
  expect(full).toEqual([second])
})

test('many writers lose nothing', async () => {
  const { open } = setUp()
  const tabs = Array.from({ length: 10 }, open)
  const events = Array.from({ length: 50 }, () => make())
  events.forEach((queued, i) => {
    tabs[i % 10]?.push(queued)
  })
  await Promise.all(tabs.map((tab) => tab.peek(1, all)))
  expect(await open().peek(100, all)).toEqual(events)
})

test.each([
  ['absent', undefined],
  [
    'denied',
    {
      open() {
        throw new DOMException('denied', 'SecurityError')
      },
    },
  ],
  ['hanging', { open: () => ({}) }],
])('keeps the events in memory when IndexedDB is %s', async (_, indexedDB) => {
  vi.stubGlobal('indexedDB', indexedDB)
  const { queue, full } = setUp({ ...bounds, maxQueueEvents: 2 })
  const events = [make(), make(), make()]
  for (const queued of events) queue.push(queued)
  expect(await queue.peek(10, all)).toEqual(events.slice(1))
  expect(full).toEqual(events.slice(0, 1))
  await queue.remove(events)
  expect(await queue.peek(10, all)).toEqual([])
})

test('an event that cannot be removed from the database is not sent again by this page', async () => {
  const { queue } = setUp()
  const queued = make()
  queue.push(queued)
  await queue.peek(1, all)
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('disk full', 'UnknownError')
  })
  await queue.remove([queued])
  transaction.mockRestore()
  expect(await queue.peek(1, all)).toEqual([])
})

test('remembers only the newest of this page for its leaving', () => {
  const { queue } = setUp()
  const events = Array.from({ length: 150 }, () => make())
  for (const queued of events) queue.push(queued)
  expect(queue.recent()).toEqual(events.slice(50))
})
