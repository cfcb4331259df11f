import { createStore, keys } from 'idb-keyval'
import { v7 } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'
import { openQueue } from './queue.ts'
import { createQueueReader } from './queue-reader.ts'
import type { QueuedEvent } from './queued-event.ts'
import { createSpill } from './spill.ts'
import { openStorage } from './storage.ts'

const bounds = { maxQueueEvents: 100, maxQueueBytes: 1_000_000 }
const all = () => true
const make = (identity: string | null = null, bytes = 10): QueuedEvent => ({ id: v7(), identity, bytes, json: '{}' })

let databases = 0
function setUp(over = bounds) {
  const name = `queue ${++databases}`
  const full: QueuedEvent[] = []
  const open = () => {
    const queue = openQueue(name, over, (gone) => full.push(gone), createSpill(openStorage(), name))
    return { ...queue, ...createQueueReader(queue) }
  }
  return { name, open, full, queue: open() }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  localStorage.clear()
})

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

test('what a page could not write before it died, the next one has', async () => {
  const { queue, open, name } = setUp()
  const events = [make(), make()]
  for (const queued of events) queue.push(queued)
  // In the same task: no transaction has begun.
  queue.spill()
  const next = open()
  expect(await next.peek(10, all)).toEqual(events)
  expect(await keys(createStore(name, 'events'))).toEqual([...events.map(({ id }) => id), '~bytes'])
  expect(Object.keys(localStorage)).toEqual([])
})

test('a page that goes on takes back what it spilled', async () => {
  const { queue } = setUp()
  queue.push(make())
  queue.spill()
  expect(Object.keys(localStorage)).toHaveLength(1)
  await queue.peek(1, all)
  expect(Object.keys(localStorage)).toEqual([])
  queue.spill()
  expect(Object.keys(localStorage)).toEqual([])
})

test('without a database the spill takes the events from page to page', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const { queue, open } = setUp()
  const [first, second] = [make(), make()]
  queue.push(first)
  await queue.peek(1, all)
  queue.spill()
  const next = open()
  next.push(second)
  expect(await next.peek(10, all)).toEqual([first, second])
  next.spill()
  expect(Object.keys(localStorage)).toHaveLength(1)
  const last = open()
  expect(await last.peek(10, all)).toEqual([first, second])
  await last.remove([first, second])
  expect(Object.keys(localStorage)).toEqual([])
})

test('does not hold up whoever deletes the database, and makes a new one', async () => {
  const { queue, open, name } = setUp()
  queue.push(make())
  await queue.peek(1, all)
  const deleted = await new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(name)
    deleting.onsuccess = () => resolve('deleted')
    deleting.onblocked = () => resolve('blocked')
  })
  expect(deleted).toBe('deleted')
  const [second, third] = [make(), make()]
  queue.push(second)
  expect(await queue.peek(10, all)).toEqual([second])
  queue.push(third)
  expect(await queue.peek(10, all)).toEqual([second, third])
  expect(await open().peek(10, all)).toContainEqual(third)
})

test('a write that hangs, and comes to its end after all, makes no event twice', async () => {
  const { queue, open } = setUp()
  await queue.peek(1, all)
  vi.spyOn(IDBObjectStore.prototype, 'count').mockImplementationOnce(function (this: IDBObjectStore) {
    // A request that answers, but too late: the transaction stays open meanwhile.
    const endMs = Date.now() + 1_200
    const request = this.getKey('a')
    const late = {} as IDBRequest<number>
    const again = () => {
      const next = Date.now() < endMs ? this.getKey('a') : undefined
      if (next) next.onsuccess = again
      else late.onsuccess?.(new Event('success'))
    }
    request.onsuccess = again
    return Object.assign(late, { result: 1 })
  })
  const queued = make()
  queue.push(queued)
  expect(await queue.peek(10, all)).toEqual([queued])
  await vi.waitFor(async () => expect(await open().peek(10, all)).toEqual([queued]), { timeout: 3_000 })
  expect(await queue.peek(10, all)).toEqual([queued])
  await queue.remove([queued])
  expect(await open().peek(10, all)).toEqual([])
}, 10_000)
