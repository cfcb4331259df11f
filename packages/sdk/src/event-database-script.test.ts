import { afterEach, expect, test, vi } from 'vitest'
import { openEventDatabase as open } from './event-database.ts'
import { openEventDatabase } from './event-database-script.ts'
import type { QueuedEvent } from './queued-event.ts'
import * as secondFile from './second-file.ts'

const bounds = { maxQueueEvents: 10, maxQueueBytes: 1_000 }
const queued: QueuedEvent = { id: 'a', identity: null, bytes: 2, json: '{}' }

let databases = 0
function setUp() {
  const second = { openEventDatabase: open } as secondFile.SecondFile
  vi.spyOn(secondFile, 'loadSecondFile').mockResolvedValue(second)
  const load = vi.spyOn(secondFile, 'secondFile').mockResolvedValue(second)
  const name = `later ${++databases}`
  const database = openEventDatabase(name, bounds, true, () => {})
  const count = () => database.transact('readonly', (store, promisify) => promisify(store.count('a')))
  return { name, load, database, count }
}
afterEach(() => vi.restoreAllMocks())

test('events are written when the second file is there', async () => {
  const { database, count } = setUp()
  expect(await database.add(() => [queued])).toEqual([])
  expect(await count()).toBe(1)
})

test('nothing is written while it cannot be loaded, and what comes later is', async () => {
  const { load, database, count } = setUp()
  load.mockRejectedValueOnce(new Error('offline'))
  await expect(database.add(() => [queued])).rejects.toThrow('offline')
  expect(await count()).toBe(0)
  await database.add(() => [queued])
  expect(await count()).toBe(1)
})

test('while it cannot be loaded nobody is told to read again', async () => {
  const { count } = setUp()
  vi.mocked(secondFile.loadSecondFile).mockRejectedValueOnce(new Error('offline'))
  await expect(count()).rejects.toBe(false)
  expect(await count()).toBe(0)
})

test('one that is closed before it was loaded is never made', async () => {
  const { name, database } = setUp()
  const adding = database.add(() => [queued])
  database.close()
  await expect(adding).rejects.toBe(false)
  expect((await indexedDB.databases()).map((each) => each.name)).not.toContain(name)
})
