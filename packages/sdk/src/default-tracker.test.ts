import { beforeEach, expect, test, vi } from 'vitest'
import type { Core } from './core-types.ts'
import { createDefaultTracker } from './default-tracker.ts'

const error = vi.spyOn(console, 'error').mockImplementation(() => {})
const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => vi.clearAllMocks())

function setUp() {
  const calls: unknown[][] = []
  const core = {} as Core
  const tracker = createDefaultTracker()
  const note = (name: string) =>
    vi.fn((taken: Core, ...given: unknown[]) => {
      expect(taken).toBe(core)
      calls.push([name, ...given])
    })
  return { calls, core, tracker, track: tracker.later(note('track'), true), identify: tracker.later(note('identify')) }
}

test('calls before init are made on init, in their order and with their time', () => {
  const { calls, core, tracker, track, identify } = setUp()
  const before = Date.now()
  identify('token')
  track('save', { surface: 'home' })
  track('bare')
  track('dated', { occurredAt: 5 })
  expect(calls).toEqual([])
  tracker.start(() => core)
  expect(calls).toEqual([
    ['identify', 'token'],
    ['track', 'save', { surface: 'home', occurredAt: expect.any(Number) }],
    ['track', 'bare', { occurredAt: expect.any(Number) }],
    ['track', 'dated', { occurredAt: 5 }],
  ])
  expect(calls[1]?.[2]).toHaveProperty('occurredAt', expect.closeTo(before, -4))
})

test('calls after init go straight through', () => {
  const { calls, core, tracker, track } = setUp()
  tracker.start(() => core)
  track('save')
  expect(calls).toEqual([['track', 'save']])
  expect(tracker.core()).toBe(core)
})

test('a second init keeps the first tracker and says so once', () => {
  const { core, tracker } = setUp()
  const open = vi.fn(() => ({}) as Core)
  tracker.start(() => core)
  tracker.start(open)
  tracker.start(open)
  expect(tracker.core()).toBe(core)
  expect(open).not.toHaveBeenCalled()
  expect(said).toHaveBeenCalledOnce()
})

test('without init the calls do not pile up', () => {
  const { calls, core, tracker, track } = setUp()
  for (let i = 0; i < 10_000; i++) track('save')
  expect(error).toHaveBeenCalledOnce()
  tracker.start(() => core)
  expect(calls).toHaveLength(500)
})

test('a tracker that cannot start, and a call that fails, disturb nobody', () => {
  const { tracker, track } = setUp()
  const failing = tracker.later(() => {
    throw new Error('mine')
  })
  tracker.start(() => {
    throw new Error('no storage, no nothing')
  })
  expect(() => track('save')).not.toThrow()
  const other = createDefaultTracker()
  other.start(() => ({}) as Core)
  expect(() => failing()).not.toThrow()
  expect(tracker.core()).toBeUndefined()
})
