import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trackEngagement } from './engagement.ts'
import { comeBack, createRecorder, hide, leavePage } from './testing/recorder.ts'

const { tracker, take, paths } = createRecorder()
let stop = () => {}
const act = (type = 'keydown') => void document.body.dispatchEvent(new Event(type, { bubbles: true }))
const durations = () => take().map(({ durationMs }) => durationMs)

beforeEach(() => {
  vi.useFakeTimers()
  history.replaceState(null, '', '/article')
})
afterEach(() => {
  stop()
  take()
  hide('visible')
  vi.useRealTimers()
})

test('somebody who reads and leaves was there for that long', () => {
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(12_345)
  hide()
  leavePage()
  expect(take()).toEqual([{ eventType: 'engagement', durationMs: 12_345 }])
})

test('somebody who stopped moving is taken to have read for half a minute more', () => {
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(20_000)
  act('scroll')
  vi.advanceTimersByTime(600_000)
  act('pointermove')
  vi.advanceTimersByTime(5_000)
  leavePage()
  expect(durations()).toEqual([55_000])
})

test('a hidden page is not read', () => {
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(3_000)
  hide()
  vi.advanceTimersByTime(25_000)
  hide('visible')
  vi.advanceTimersByTime(2_000)
  hide()
  expect(durations()).toEqual([3_000, 2_000])
})

test('a page that opens in the background is not read until it is seen', () => {
  hide()
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(20_000)
  hide('visible')
  vi.advanceTimersByTime(4_000)
  hide()
  expect(durations()).toEqual([4_000])
})

test('the back/forward cache does not read', () => {
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(4_000)
  leavePage()
  vi.advanceTimersByTime(20_000)
  comeBack()
  vi.advanceTimersByTime(6_000)
  leavePage()
  expect(durations()).toEqual([4_000, 6_000])
})

test('less than a second is kept until it is one', () => {
  stop = trackEngagement(tracker)
  for (let times = 0; times < 4; times++) {
    vi.advanceTimersByTime(300)
    hide()
    hide('visible')
  }
  expect(durations()).toEqual([1_200])
})

test('each page of an application has its own time, recorded before the next one comes', () => {
  paths.length = 0
  stop = trackEngagement(tracker)
  vi.advanceTimersByTime(5_000)
  history.pushState(null, '', '/next')
  vi.advanceTimersByTime(2_000)
  leavePage()
  expect(durations()).toEqual([5_000, 2_000])
  expect(paths).toEqual(['/article', '/next'])
})

test('stopping records what was measured, and ends it', () => {
  stop = trackEngagement(tracker, {
    eventType: 'post_engagement_time',
    entity: { type: 'post', id: 7 },
    idleAfterMs: 5_000,
  })
  vi.advanceTimersByTime(9_000)
  stop()
  vi.advanceTimersByTime(9_000)
  act()
  leavePage()
  expect(take()).toEqual([{ eventType: 'post_engagement_time', entity: { type: 'post', id: 7 }, durationMs: 5_000 }])
})

test('whatever happens, the time adds up to what a clock would say', () => {
  const step = fc.record({
    ms: fc.integer({ min: 0, max: 90_000 }),
    does: fc.constantFrom('act', 'hide', 'show', 'leave'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      hide('visible')
      take()
      const end = trackEngagement(tracker)
      let expectedMs = 0
      let leftMs = 30_000
      let visible = true
      for (const { ms, does } of steps) {
        vi.advanceTimersByTime(ms)
        if (visible) expectedMs += Math.min(ms, leftMs)
        leftMs = Math.max(0, leftMs - ms)
        if (does === 'act') act()
        if (does === 'leave') leavePage()
        if (does === 'hide' || does === 'show') hide(does === 'hide' ? 'hidden' : 'visible')
        if (does === 'hide') visible = false
        if (does === 'show') visible = true
        leftMs = 30_000
      }
      end()
      const recordedMs = durations().reduce<number>((sum, ms = 0) => sum + ms, 0)
      expect(expectedMs - recordedMs).toBeGreaterThanOrEqual(0)
      expect(expectedMs - recordedMs).toBeLessThan(1_000)
    }),
  )
})
