import { afterEach, expect, test, vi } from 'vitest'
import { lock } from './lock.ts'

afterEach(() => vi.unstubAllGlobals())

function stubLocks(request: unknown) {
  vi.stubGlobal('navigator', { locks: request && { request } })
}

test('works while it holds the lock', async () => {
  const work = vi.fn(async () => {})
  stubLocks((_name: string, _options: unknown, run: (lock: unknown) => unknown) => run({}))
  expect(await lock('queue', work)).toBe(true)
  expect(work).toHaveBeenCalledOnce()
})

test('leaves the work to the tab that is at it', async () => {
  const work = vi.fn(async () => {})
  stubLocks((_name: string, _options: unknown, run: (lock: unknown) => unknown) => run(null))
  expect(await lock('queue', work)).toBe(false)
  expect(work).not.toHaveBeenCalled()
})

test.each([
  ['absent', undefined],
  ['refused', () => Promise.reject(new DOMException('sandboxed', 'SecurityError'))],
])('works without locks where they are %s', async (_, request) => {
  const work = vi.fn(async () => {})
  stubLocks(request)
  expect(await lock('queue', work)).toBe(true)
  expect(work).toHaveBeenCalledOnce()
})

test('work that fails is not done twice', async () => {
  const work = vi.fn(() => Promise.reject(new Error('mine')))
  stubLocks(async (_name: string, _options: unknown, run: (lock: unknown) => unknown) => run({}))
  await expect(lock('queue', work)).rejects.toThrow('mine')
  expect(work).toHaveBeenCalledOnce()
})
