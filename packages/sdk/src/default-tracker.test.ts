import { beforeEach, expect, test, vi } from 'vitest'
import { createDefaultTracker } from './default-tracker.ts'
import { idleTracker } from './tracker.ts'

const error = vi.spyOn(console, 'error').mockImplementation(() => {})
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
beforeEach(() => vi.clearAllMocks())

function fakeTracker() {
  return { ...idleTracker, track: vi.fn(), trackView: vi.fn(), identify: vi.fn(), flush: vi.fn(async () => {}) }
}

test('calls before init are made on init, in their order and with their time', () => {
  const named = createDefaultTracker()
  const before = Date.now()
  named.identify('token')
  named.track('save', { surface: 'home' })
  named.trackView({ type: 'project', id: 1 })
  named.track('dated', { occurredAt: 5 })
  const tracker = fakeTracker()
  named.start(() => tracker)
  expect(tracker.identify).toHaveBeenCalledWith('token')
  expect(tracker.track.mock.calls).toEqual([
    ['save', { surface: 'home', occurredAt: expect.any(Number) }],
    ['dated', { occurredAt: 5 }],
  ])
  expect(tracker.trackView).toHaveBeenCalledWith({ type: 'project', id: 1 }, { occurredAt: expect.any(Number) })
  expect(tracker.track.mock.calls[0]?.[1].occurredAt).toBeGreaterThanOrEqual(before)
})

test('calls after init go straight through', async () => {
  const named = createDefaultTracker()
  const tracker = fakeTracker()
  named.start(() => tracker)
  named.track('save')
  await named.flush()
  expect(tracker.track.mock.calls).toEqual([['save']])
  expect(tracker.flush).toHaveBeenCalledOnce()
})

test('a second init keeps the first tracker and says so once', () => {
  const named = createDefaultTracker()
  const first = fakeTracker()
  const make = vi.fn(fakeTracker)
  named.start(() => first)
  expect(named.start(make)).toBe(first)
  named.start(make)
  expect(make).not.toHaveBeenCalled()
  expect(warn).toHaveBeenCalledOnce()
})

test('without init the calls do not pile up', async () => {
  const named = createDefaultTracker()
  for (let i = 0; i < 10_000; i++) named.track('save')
  await named.flush()
  expect(error).toHaveBeenCalledOnce()
  const tracker = fakeTracker()
  named.start(() => tracker)
  expect(tracker.track).toHaveBeenCalledTimes(500)
})
