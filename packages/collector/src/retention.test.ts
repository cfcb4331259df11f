import { expect, test, vi } from 'vitest'
import { Retention } from './retention.ts'

function storeWith(keepDays: number | null) {
  const prune = vi.fn().mockResolvedValue(3)
  return { prune, retention: async () => ({ keepDays, last: null, frozenBefore: null }) }
}

test.each([
  ['the configuration says it', 90, 400, 90],
  ['it was set in the store', undefined, 400, 400],
  ['nobody said anything', undefined, null, undefined],
])('events are kept for as long as they should be: %s', async (_, configured, stored, expected) => {
  const store = storeWith(stored)
  expect(await new Retention(store, configured).run()).toBe(3)
  expect(store.prune.mock.calls).toEqual([[expected]])
})

test('who asks while a run goes on gets that one', async () => {
  const store = storeWith(40)
  const retention = new Retention(store, undefined)
  expect(await Promise.all([retention.run(), retention.run()])).toEqual([3, 3])
  expect(store.prune).toHaveBeenCalledTimes(1)
  await retention.run()
  expect(store.prune).toHaveBeenCalledTimes(2)
})

test('a run that fails is over', async () => {
  const store = storeWith(40)
  store.prune.mockRejectedValueOnce(new Error('the disk is full'))
  const retention = new Retention(store, undefined)
  await expect(retention.run()).rejects.toThrow('full')
  expect(await retention.run()).toBe(3)
})
