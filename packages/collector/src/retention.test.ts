import { expect, onTestFinished, test, vi } from 'vitest'
import { startRetention } from './retention.ts'

function fakeTime() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('rows are let go a minute after the start and every hour, also after a failure', async () => {
  fakeTime()
  const prune = vi.fn().mockRejectedValueOnce(new Error('the disk is full')).mockResolvedValue(0)
  const errors: unknown[] = []
  const stop = startRetention({ prune }, 90, (error) => errors.push(error))
  expect(prune).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(prune.mock.calls).toEqual([[90]])
  expect(errors).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(prune).toHaveBeenCalledTimes(2)
  stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(prune).toHaveBeenCalledTimes(2)
})

test('a store that was closed meanwhile is no error', async () => {
  fakeTime()
  const pruning = Promise.withResolvers<number>()
  const errors: unknown[] = []
  const stop = startRetention({ prune: () => pruning.promise }, undefined, (error) => errors.push(error))
  await vi.advanceTimersByTimeAsync(60_000)
  stop()
  pruning.reject(new Error('the store was closed'))
  await vi.advanceTimersByTimeAsync(0)
  expect(errors).toEqual([])
})
