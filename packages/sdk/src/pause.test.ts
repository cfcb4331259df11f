import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHeld } from './hold.ts'
import { createPause } from './pause.ts'

function setUp(stored = new Map<string, string>()) {
  const clock = { nowMs: Date.UTC(2026, 4, 1) }
  const storage = {
    read: (key: string) => stored.get(key) ?? null,
    write: (key: string, value: string) => void stored.set(key, value),
    remove: (key: string) => void stored.delete(key),
    keys: () => [...stored.keys()],
  }
  const open = (random = 0.5) =>
    createPause(
      storage,
      'queue',
      () => clock.nowMs,
      () => random,
    )
  return { clock, stored, open, pause: open(), isHeld: () => isHeld(storage, 'queue', clock.nowMs) }
}

test('there is none before anything failed', () => {
  expect(setUp().pause.waitMs()).toBe(0)
})

test('a failure pauses all tabs, and the page after this one', () => {
  const { pause, open, clock } = setUp()
  pause.failed(null)
  expect(open().waitMs()).toBe(pause.waitMs())
  expect(open().waitMs()).toBeGreaterThan(1_000)
  clock.nowMs += 2_500
  expect(open().waitMs()).toBe(0)
})

test('what the collector asked for holds for a leaving page, too; a failure does not', () => {
  const { pause, clock, isHeld } = setUp()
  pause.failed(null)
  expect(isHeld()).toBe(false)
  pause.failed('4')
  clock.nowMs += 3_999
  expect(isHeld()).toBe(true)
  clock.nowMs += 1
  expect(isHeld()).toBe(false)
})

test('never ends before Retry-After', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (seconds, random) => {
      const pause = setUp().open(random)
      pause.failed(`${seconds}`)
      pause.hurry()
      expect(pause.waitMs()).toBeGreaterThanOrEqual(seconds * 1_000)
    }),
  )
})

test('tabs that fail in turn count together', () => {
  const { open } = setUp()
  for (let i = 0; i < 8; i++) open(1).failed(null)
  expect(open().waitMs()).toBeGreaterThan(60_000)
})

test('ends with a success', () => {
  const { pause, open, stored } = setUp()
  for (let i = 0; i < 8; i++) pause.failed(null)
  open().succeeded()
  expect(pause.waitMs()).toBe(0)
  expect(stored.size).toBe(0)
})

test('ends when the network is back, and the failures are forgotten', () => {
  const { pause, open } = setUp()
  for (let i = 0; i < 8; i++) pause.failed(null)
  open().hurry()
  expect(pause.waitMs()).toBe(0)
  pause.failed(null)
  expect(pause.waitMs()).toBeLessThan(3_000)
})

test.each(['', 'x', '1,2', '9,99999999999999,99999999999999', '-1,Infinity,NaN', '{}'])(
  'takes %j in the storage for no pause, and goes on from there',
  (text) => {
    const { pause, stored } = setUp(new Map([['queue pause', text]]))
    expect(pause.waitMs()).toBe(0)
    stored.set('queue pause', text)
    pause.failed(null)
    expect(pause.waitMs()).toBeGreaterThan(1_000)
  },
)
