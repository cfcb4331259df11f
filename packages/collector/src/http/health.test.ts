import { Hono } from 'hono'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readyHandler } from './health.ts'
import { answerProblem } from './refusals.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
})

function readiness(probe: () => Promise<void>, isStopping = () => false) {
  const app = new Hono().get('/readyz', readyHandler({ probe }, isStopping))
  app.onError(answerProblem(() => {}))
  return async () => (await app.request('/readyz')).status
}

describe('readiness', () => {
  test('follows the medium, down and up again, with nobody sending anything', async () => {
    let isFull = false
    const status = readiness(async () => {
      if (isFull) throw new Error('the disk is full')
    })
    expect(await status()).toBe(200)
    isFull = true
    vi.advanceTimersByTime(1000)
    expect(await status()).toBe(503)
    isFull = false
    vi.advanceTimersByTime(1000)
    expect(await status()).toBe(200)
  })

  test('tries the medium once a second, however often it is asked', async () => {
    const probe = vi.fn(async () => {})
    const status = readiness(probe)
    for (let n = 0; n < 10; n++) await status()
    expect(probe).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    await status()
    expect(probe).toHaveBeenCalledTimes(2)
  })

  test('is gone when the medium does not answer', async () => {
    const status = readiness(() => new Promise(() => {}))()
    await vi.advanceTimersByTimeAsync(2000)
    expect(await status).toBe(503)
  })

  test('is gone when the collector stops, so that nothing new is sent to it', async () => {
    expect(
      await readiness(
        async () => {},
        () => true,
      )(),
    ).toBe(503)
  })
})
