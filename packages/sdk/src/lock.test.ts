import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lock } from './lock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function stubLocks(request: unknown) {
  vi.stubGlobal('navigator', { locks: request && { request } })
}

const grant = async (_name: string, _options: unknown, run: (lock: unknown) => unknown) => run({})
const work = () => vi.fn(async () => false)
const never = async () => {
  throw new Error('there is a lock')
}

test('works while it holds the lock', async () => {
  const done = work()
  stubLocks(grant)
  expect(await lock('queue', done, never)).toBe(true)
  expect(done).toHaveBeenCalledOnce()
})

test('leaves the work to the tab that is at it', async () => {
  const done = work()
  stubLocks(async (_name: string, _options: unknown, run: (lock: unknown) => unknown) => run(null))
  expect(await lock('queue', done, never)).toBe(false)
  expect(done).not.toHaveBeenCalled()
})

test('holds the lock until other tabs can see that the work failed', async () => {
  stubLocks(grant)
  const locked = vi.fn()
  void lock('queue', async () => true, never).then(locked)
  await vi.advanceTimersByTimeAsync(50)
  expect(locked).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(100)
  expect(locked).toHaveBeenCalled()
})

test('work that fails is not done twice', async () => {
  const done = vi.fn(() => Promise.reject(new Error('mine')))
  stubLocks(grant)
  await expect(lock('queue', done, never)).rejects.toThrow('mine')
  expect(done).toHaveBeenCalledOnce()
})

test.each([
  ['absent', undefined],
  ['refused', () => Promise.reject(new DOMException('sandboxed', 'SecurityError'))],
])('where locks are %s, the work is done otherwise', async (_, request) => {
  stubLocks(request)
  const done = work()
  expect(await lock('queue', done, async () => 'otherwise')).toBe('otherwise')
  expect(done).not.toHaveBeenCalled()
})
