import { createStore, set } from 'idb-keyval'
import { afterEach, expect, test, vi } from 'vitest'
import { deleteQueue } from './delete-queue.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})
const names = async () => (await indexedDB.databases()).map(({ name }) => name)

test('is done when the database is gone, after another tab let go of it', async () => {
  const use = createStore('held', 'events')
  await set('id', 'event', use)
  await use('readonly', ({ transaction: { db } }) => {
    db.onversionchange = () => setImmediate(() => db.close())
  })
  expect(await names()).toContain('held')
  await deleteQueue('held')
  expect(await names()).not.toContain('held')
})

test('makes no database where there was none', async () => {
  await deleteQueue('never')
  expect(await names()).not.toContain('never')
})

test.each([
  ['hangs', () => ({}) as IDBOpenDBRequest],
  [
    'is denied',
    () => {
      throw new DOMException('denied', 'SecurityError')
    },
  ],
])('waits for nobody for long when IndexedDB %s', async (_, deleteDatabase) => {
  vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation(deleteDatabase)
  vi.useFakeTimers()
  const deleted = deleteQueue('stuck')
  vi.advanceTimersByTime(10_000)
  await deleted
})
