import { sessionScore } from '@tallymark/schemas/metrics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countsOf } from './session-counts.ts'
import { sessionMetrics } from './session-metrics.ts'
import type { Session } from './session-rules.ts'

const minuteMs = 60_000
const timeoutMs = 30 * minuteMs
const session: Session = {
  id: 's',
  index: 1,
  startedAtMs: 1_000,
  lastSeenAtMs: 1_000,
  attribution: {},
  first: {},
  counts: [1, 0, 0],
}

describe('the engagement score of a session', () => {
  test.each([
    [0, 0, 0],
    [10, 0.5, 10],
    [10, 1, 20],
    [25, 1, 50],
    [100, 1, 50],
    [0, 5, 20],
    [0, 15, 40],
    [0, 30, 50],
    [25, 30, 100],
    [1_000, 600, 100],
  ])('of %d interactions in %d minutes is %d', (interactions, minutes, score) => {
    expect(sessionScore(interactions, minutes * minuteMs)).toBe(score)
  })

  const interactions = fc.nat({ max: 10_000 })
  const duration = fc.nat({ max: 100 * minuteMs })

  test('lies between 0 and 100', () => {
    fc.assert(
      fc.property(interactions, duration, (count, durationMs) => {
        const score = sessionScore(count, durationMs)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(100)
      }),
    )
  })

  test('never falls with another interaction or more time', () => {
    fc.assert(
      fc.property(
        interactions,
        duration,
        fc.nat(100),
        fc.nat({ max: 10 * minuteMs }),
        (count, durationMs, more, longer) => {
          const score = sessionScore(count, durationMs)
          expect(sessionScore(count + more, durationMs)).toBeGreaterThanOrEqual(score)
          expect(sessionScore(count, durationMs + longer)).toBeGreaterThanOrEqual(score)
        },
      ),
    )
  })

  test('is half of what it would be, for less than a minute', () => {
    fc.assert(
      fc.property(interactions, fc.nat({ max: minuteMs - 1 }), (count, durationMs) => {
        expect(2 * sessionScore(count, durationMs)).toBe(sessionScore(count, minuteMs))
      }),
    )
  })
})

describe('the metrics of a session', () => {
  test('before there is one are all zero', () => {
    expect(sessionMetrics(undefined, 5, timeoutMs)).toEqual({
      durationMs: 0,
      interactionCount: 0,
      engagementScore: 0,
      pageViews: 0,
      bounceRate: 0,
    })
  })

  test('go on with the time, until the session is over', () => {
    const durationAt = (nowMs: number) =>
      sessionMetrics({ ...session, lastSeenAtMs: 3_000 }, nowMs, timeoutMs).durationMs
    expect([durationAt(2_000), durationAt(3_000 + timeoutMs), durationAt(3_001 + timeoutMs)]).toEqual([
      1_000,
      2_000 + timeoutMs,
      2_000,
    ])
  })

  test('count a bounce up to the second interaction', () => {
    const bounceRate = (count: number) =>
      sessionMetrics({ ...session, counts: [count, 0, 0] }, 2_000, timeoutMs).bounceRate
    expect([0, 1, 2].map(bounceRate)).toEqual([100, 100, 0])
  })

  test('take views for page views where there are none', () => {
    const pageViews = (pages: number, views: number) =>
      sessionMetrics({ ...session, counts: [9, pages, views] }, 2_000, timeoutMs).pageViews
    expect([pageViews(2, 5), pageViews(0, 5)]).toEqual([2, 5])
  })

  test.each([
    ['view', [1, 0, 1]],
    ['page_view', [1, 1, 0]],
    ['page_viewed', [1, 1, 0]],
    ['save', [1, 0, 0]],
    ['impression', [0, 0, 0]],
    ['session_start', [0, 0, 0]],
    ['post_session_end', [0, 0, 0]],
    ['client_error', [0, 0, 0]],
    ['error_occurred', [0, 0, 0]],
  ])('count %s as %j', (eventType, counts) => {
    expect(countsOf(eventType)).toEqual(counts)
  })
})
