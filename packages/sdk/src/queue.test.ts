import { createStore, keys } from 'idb-keyval'
import { v7 } from 'uuid'
import { afterEach, expect, test, vi } from 'vitest'
import type { Drop, DropReason } from './drops.ts'
import { openQueue, type Queue } from './queue.ts'
import { createQueueReader } from './queue-reader.ts'
import type { QueuedEvent } from './queued-event.ts'
import { createSpill } from './spill.ts'
import { openStorage } from './storage.ts'

const bounds = { maxQueueEvents: 100, maxQueueBytes: 1_000_000 }
const all = () => true
const make = (identity: string | null = null, bytes = 10): QueuedEvent => ({ id: v7(), identity, bytes, json: '{}' })

const idOf = ({ id }: QueuedEvent) => id

let databases = 0
function setUp(over = bounds) {
  const name = `queue ${++databases}`
  const dropped: [DropReason, QueuedEvent][] = []
  const drop: Drop = (queued, reason) => dropped.push([reason, queued])
  const open = () => {
    const queue = openQueue(name, over, drop, createSpill(openStorage(), name))
    return { ...queue, ...createQueueReader(queue) }
  }
  /** Until the database has these events, and no others. */
  const stored = (events: readonly QueuedEvent[]) =>
    vi.waitFor(async () => expect((await keys(createStore(name, 'events'))).slice(0, -1)).toEqual(events.map(idOf)))
  return { name, open, dropped, stored, queue: open() }
}

/** As another tab does it. Rejects when somebody holds it up. */
const deleteDatabase = (name: string) =>
  new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name)
    deleting.onsuccess = resolve
    deleting.onblocked = reject
  })
/** Until all that was pushed is in the database. */
const written = (queue: Queue) => vi.waitFor(() => expect(queue.unsaved.size).toBe(0))

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  localStorage.clear()
})

test('events outlive the page, in their order', async () => {
  const { queue, open, stored } = setUp()
  const events = [make(), make(), make()]
  for (const queued of events) queue.push(queued)
  expect(await queue.peek(10, all)).toEqual(events)
  await stored(events)
  expect(await queue.peek(10, all)).toEqual(events)
  expect(await open().peek(10, all)).toEqual(events)
  expect(await open().peek(2, all)).toEqual(events.slice(0, 2))
})

test('peeking leaves the events, removing takes them away', async () => {
  const { queue, open, stored } = setUp()
  const [first, second] = [make(), make()]
  queue.push(first)
  queue.push(second)
  expect(queue.recent()).toEqual([first, second])
  await stored([first, second])
  await queue.remove([first])
  expect(await open().peek(10, all)).toEqual([second])
  expect(queue.recent()).toEqual([second])
})

test('what another page deletes before the database is open is not written', async () => {
  const { queue, dropped, stored } = setUp()
  const [deleted, later] = [make(), make()]
  let letOpen = () => {}
  const { open } = indexedDB
  const asked = vi.spyOn(indexedDB, 'open').mockImplementationOnce((name) => {
    const request: Partial<IDBOpenDBRequest> = {}
    letOpen = () => {
      const opening = open.call(indexedDB, name)
      const tell = (event: 'onupgradeneeded' | 'onsuccess') => () => {
        Object.assign(request, { result: opening.result })
        request[event]?.call(request as IDBOpenDBRequest, new Event('told') as IDBVersionChangeEvent)
      }
      opening.onupgradeneeded = tell('onupgradeneeded')
      opening.onsuccess = tell('onsuccess')
    }
    return request as IDBOpenDBRequest
  })
  queue.push(deleted)
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  queue.discard()
  queue.push(later)
  letOpen()
  await stored([later])
  expect(dropped).toEqual([['no_consent', deleted]])
  expect(queue.recent()).toEqual([later])
})

test('there is one record an event, under its id', async () => {
  const { queue, name, stored } = setUp()
  const queued = make()
  queue.push(queued)
  await stored([queued])
  expect(await keys(createStore(name, 'events'))).toEqual([queued.id, '~bytes'])
})

test('what is delivered at once is not written, and what is delivered while it is written does not stay', async () => {
  const { queue, open, stored } = setUp()
  const put = vi.spyOn(IDBObjectStore.prototype, 'put')
  const [first, second, third] = [make(), make(), make()]
  queue.push(first)
  await queue.remove([first])
  queue.push(second)
  queue.push(third)
  await vi.waitFor(() => expect(put).toHaveBeenCalledWith(second, second.id), { interval: 1 })
  expect(put).not.toHaveBeenCalledWith(first, first.id)
  expect(await queue.peek(10, all)).toEqual([second, third])
  await queue.remove([second])
  await stored([third])
  expect(await open().peek(10, all)).toEqual([third])
})

test('only what was removed goes, whatever lies between', async () => {
  const { queue, stored } = setUp()
  const [first, second, third, fourth] = [make(), make('ann'), make(), make()]
  for (const queued of [first, second, third, fourth]) queue.push(queued)
  await stored([first, second, third, fourth])
  await queue.remove([third, first])
  await stored([second, fourth])
})

test('finds the acceptable ones behind any number of others', async () => {
  const { queue } = setUp({ maxQueueEvents: 10_000, maxQueueBytes: 1e9 })
  for (let i = 0; i < 1_200; i++) queue.push(make('ann'))
  const mine = make()
  queue.push(mine)
  expect(await queue.peek(50, ({ identity }) => identity === null)).toEqual([mine])
})

test('over the bound of events the oldest give way, and are told', async () => {
  const { queue, dropped, stored } = setUp({ ...bounds, maxQueueEvents: 3 })
  const events = [make(), make(), make(), make(), make()]
  for (const queued of events) queue.push(queued)
  await stored(events.slice(2))
  expect(await queue.peek(10, all)).toEqual(events.slice(2))
  expect(dropped).toEqual(events.slice(0, 2).map((queued) => ['queue_full', queued]))
})

test('over the bound of bytes, too, and removing makes room', async () => {
  const { queue, dropped, stored } = setUp({ ...bounds, maxQueueBytes: 100 })
  const [first, second, third, fourth] = [make(null, 40), make(null, 40), make(null, 60), make(null, 1)]
  queue.push(first)
  queue.push(second)
  await stored([first, second])
  await queue.remove([first])
  queue.push(third)
  await stored([second, third])
  expect(dropped).toEqual([])
  queue.push(fourth)
  await stored([third, fourth])
  expect(dropped).toEqual([['queue_full', second]])
})

test('removing twice does not make room twice', async () => {
  const { queue, dropped, stored } = setUp({ ...bounds, maxQueueBytes: 100 })
  const [first, second, third] = [make(null, 40), make(null, 40), make(null, 61)]
  queue.push(first)
  queue.push(second)
  await stored([first, second])
  await Promise.all([queue.remove([first]), queue.remove([first])])
  queue.push(third)
  await stored([third])
  expect(dropped).toEqual([['queue_full', second]])
})

test('many writers lose nothing', async () => {
  const { open, stored } = setUp()
  const tabs = Array.from({ length: 10 }, open)
  const events = Array.from({ length: 50 }, () => make())
  events.forEach((queued, i) => {
    tabs[i % 10]?.push(queued)
  })
  await stored(events)
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
  const { queue, dropped } = setUp({ ...bounds, maxQueueEvents: 2 })
  const events = [make(), make(), make()]
  for (const queued of events) queue.push(queued)
  await vi.waitFor(() => expect(dropped).toEqual([['queue_full', events[0]]]), { timeout: 3_000 })
  expect(await queue.peek(10, all)).toEqual(events.slice(1))
  await queue.remove(events)
  expect(await queue.peek(10, all)).toEqual([])
  expect(await queue.hasLeftovers()).toBe(false)
})

test('what the database does not show now is no empty queue, and what is in memory comes nevertheless', async () => {
  const { queue, stored } = setUp()
  const [first, second] = [make(), make()]
  queue.push(first)
  await stored([first])
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('busy', 'UnknownError')
  })
  await expect(queue.peek(10, all)).rejects.toThrow('IndexedDB')
  expect(await queue.hasLeftovers()).toBe(true)
  queue.push(second)
  expect(await queue.peek(10, all)).toEqual([second])
  transaction.mockRestore()
  expect(await queue.peek(10, all)).toEqual([first, second])
})

test('an event that cannot be removed from the database is not sent again by this page', async () => {
  const { queue, stored } = setUp()
  const queued = make()
  queue.push(queued)
  await stored([queued])
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
  const { queue, open, stored } = setUp()
  const events = [make(), make()]
  for (const queued of events) queue.push(queued)
  // In the same task: no transaction has begun.
  queue.spill()
  const next = open()
  expect(await next.peek(10, all)).toEqual(events)
  await stored(events)
  await vi.waitFor(() => expect(Object.keys(localStorage)).toEqual([]))
})

test('a page that goes on takes back what it spilled', async () => {
  const { queue } = setUp()
  queue.push(make())
  queue.spill()
  expect(Object.keys(localStorage)).toHaveLength(1)
  await vi.waitFor(() => expect(Object.keys(localStorage)).toEqual([]))
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

test('a page that only looked into the database does not hold up either whoever deletes it', async () => {
  const { queue, name } = setUp()
  expect(await queue.hasLeftovers()).toBe(false)
  await deleteDatabase(name)
})

test('whoever deletes the database means what was about to be written, too', async () => {
  const { queue, open, name, dropped } = setUp()
  const [first, second, third] = [make(), make(), make()]
  queue.push(first)
  await written(queue)
  queue.push(second)
  await deleteDatabase(name)
  expect([queue.recent(), dropped]).toEqual([[], [['no_consent', second]]])
  queue.push(third)
  await written(queue)
  expect(await open().peek(10, all)).toEqual([third])
})

test('what was read while somebody deleted the database is gone, too', async () => {
  const { queue, name } = setUp()
  queue.push(make())
  await written(queue)
  let deleting: Promise<unknown> | undefined
  const reading = queue.transact('readonly', async (store, promisify) => {
    let heard = false
    store.transaction.db.addEventListener('versionchange', () => {
      heard = true
    })
    deleting = deleteDatabase(name).catch(() => {})
    while (!heard) await promisify(store.count())
    return 'read'
  })
  await expect(reading).rejects.toBe(undefined)
  await deleting
})

test('a closed queue writes nothing, and gives what it has', async () => {
  const { queue, open } = setUp()
  const [first, second, third] = [make(), make(), make()]
  queue.push(first)
  await written(queue)
  queue.push(second)
  queue.close()
  const other = open()
  other.push(third)
  await written(other)
  expect(await open().peek(10, all)).toEqual([first, third])
  expect(await queue.peek(10, all)).toEqual([first, third, second])
  await queue.remove([first])
  expect(await queue.peek(10, all)).toEqual([third, second])
})

test('a closed queue opens no database: where it was deleted there is none', async () => {
  const { queue, name } = setUp()
  const [first, second] = [make(), make()]
  queue.push(first)
  await written(queue)
  queue.close()
  await deleteDatabase(name)
  const unused = setUp()
  unused.queue.push(second)
  unused.queue.close()
  for (const { peek, remove } of [queue, unused.queue]) {
    await peek(10, all)
    await remove([first])
  }
  expect(await unused.queue.peek(10, all)).toEqual([second])
  const other = setUp().queue
  other.push(make())
  await written(other)
  const databases = (await indexedDB.databases()).map((database) => database.name)
  expect(databases).not.toContain(name)
  expect(databases).not.toContain(unused.name)
})

test('does not hold up whoever deletes the database, and makes a new one', async () => {
  const { queue, open, name } = setUp()
  const [first, second, third] = [make(), make(), make()]
  queue.push(first)
  await written(queue)
  await deleteDatabase(name)
  queue.push(second)
  expect(await queue.peek(10, all)).toEqual([second])
  queue.push(third)
  await written(queue)
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
  await vi.waitFor(async () => expect(await open().peek(10, all)).toEqual([queued]), { timeout: 4_000 })
  expect(await queue.peek(10, all)).toEqual([queued])
  await queue.remove([queued])
  expect(await open().peek(10, all)).toEqual([])
}, 10_000)
