import { expect, test } from 'vitest'
import type { Outcome } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { Meter } from './meter.ts'

const store = { size: async () => ({ bytes: 0, walBytes: 0 }), fault: () => undefined }

test('events wait from when they are handed over until they are answered, well or not', async () => {
  const meter = new Meter(store, () => 0)
  const answers: PromiseWithResolvers<Outcome[]>[] = []
  const append = meter.timed(() => {
    const answer = Promise.withResolvers<Outcome[]>()
    answers.push(answer)
    return answer.promise
  })
  const first = append([newEvent(), newEvent()])
  const second = append([newEvent()])
  expect(meter.waiting).toBe(3)
  answers[0]?.resolve(['stored', 'stored'])
  await first
  expect(meter.waiting).toBe(1)
  answers[1]?.reject(new Error('the disk is full'))
  await expect(second).rejects.toThrow('full')
  expect(meter.waiting).toBe(0)
  expect(await meter.exposition()).toContain('tallymark_commit_seconds_count 1')
})

test('quantiles are those of the latest requests', async () => {
  const meter = new Meter(store, () => 0)
  expect(meter.latencyMs).toEqual({ p50: 0, p99: 0 })
  await meter.timed(async () => ['stored'])([newEvent()])
  expect(meter.latencyMs.p50).toBeGreaterThan(0)
})
