import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lease as leaseOf } from './lease.ts'
import { openStorage } from './storage.ts'
import type { TabWork } from './tab-work.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  localStorage.clear()
})

const lease = (name: string, work: TabWork) => leaseOf(name, work, openStorage())
const work = () => vi.fn(async () => false)

/** Work that lasts so long. */
const lasting = (ms: number, failed = false) =>
  vi.fn(() => new Promise<boolean>((resolve) => setTimeout(() => resolve(failed), ms)))

test('one of the tabs works', async () => {
  const [first, second] = [lasting(8_000), lasting(8_000)]
  const both = Promise.all([lease('queue', first), lease('queue', second)])
  await vi.advanceTimersByTimeAsync(4_000)
  // It works longer than a dead one would be waited for.
  const third = work()
  expect(await lease('queue', third)).toBe(false)
  await vi.advanceTimersByTimeAsync(6_000)
  expect((await both).sort()).toEqual([false, true])
  expect(first.mock.calls.length + second.mock.calls.length + third.mock.calls.length).toBe(1)
})

test('the next tab works after this one is done, or has failed', async () => {
  for (const outcome of [() => Promise.resolve(false), () => Promise.reject(new Error('mine'))]) {
    const ran = lease('queue', outcome).catch(() => true)
    await vi.advanceTimersByTimeAsync(200)
    expect(await ran).toBe(true)
  }
})

test('a tab that died holds the others up for five seconds', async () => {
  localStorage.setItem('queue lease', `${Date.now() + 5_000}.123456789`)
  const done = work()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(await lease('queue', done)).toBe(false)
  await vi.advanceTimersByTimeAsync(1_100)
  const ran = lease('queue', done)
  await vi.advanceTimersByTimeAsync(200)
  expect(await ran).toBe(true)
})

test('a clock that was set back holds nobody up', async () => {
  localStorage.setItem('queue lease', `${Date.now() + 86_400_000}.123456789`)
  const ran = lease('queue', work())
  await vi.advanceTimersByTimeAsync(200)
  expect(await ran).toBe(true)
})

test('works without storage, too', async () => {
  vi.stubGlobal('localStorage', {
    getItem() {
      throw new DOMException('denied', 'SecurityError')
    },
  })
  const done = work()
  const ran = lease('queue', done)
  await vi.advanceTimersByTimeAsync(200)
  expect(await ran).toBe(true)
  expect(done).toHaveBeenCalledOnce()
  vi.unstubAllGlobals()
})
