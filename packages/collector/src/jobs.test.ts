import { expect, onTestFinished, test, vi } from 'vitest'
import { type Job, startJobs } from './jobs.ts'

function start(run: Job['run']) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const errors: unknown[] = []
  const stop = startJobs([{ name: 'work', firstAfterMs: 60_000, everyMs: 3_600_000, run }], (error) =>
    errors.push(error),
  )
  return { stop, errors }
}

test('a job runs some time after the start and then again and again, also after a failure', async () => {
  const run = vi.fn().mockRejectedValueOnce(new Error('the disk is full')).mockResolvedValue(0)
  const { stop, errors } = start(run)
  expect(run).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(run).toHaveBeenCalledTimes(1)
  expect(errors).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(run).toHaveBeenCalledTimes(2)
  stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('what fails once it was stopped is no error', async () => {
  const working = Promise.withResolvers<number>()
  const { stop, errors } = start(() => working.promise)
  await vi.advanceTimersByTimeAsync(60_000)
  stop()
  working.reject(new Error('the store was closed'))
  await vi.advanceTimersByTimeAsync(0)
  expect(errors).toEqual([])
})
