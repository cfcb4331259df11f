import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginSession, continueSession, type Session } from './session-rules.ts'
import type { Attribution } from './tracked-event.ts'

const rules = { sessionTimeoutMs: 30 * 60_000, newSessionAtMidnight: false }
const touch = { utmSource: 'a' }
const previous: Session = {
  id: 'old',
  index: 3,
  startedAtMs: 900_000,
  lastSeenAtMs: 1_000_000,
  attribution: touch,
  first: { utmSource: 'first' },
  counts: [4, 1, 0],
}
const moment = { nowMs: 1_000_001, arrival: {}, arriving: true, newId: () => 'new' }

test('the first event begins the first session with its arrival', () => {
  const arrival = { utmSource: 'b' }
  expect(continueSession(undefined, rules, { ...moment, arrival })).toEqual({
    id: 'new',
    index: 1,
    previousId: undefined,
    startedAtMs: moment.nowMs,
    lastSeenAtMs: moment.nowMs,
    attribution: arrival,
    first: arrival,
    counts: [0, 0, 0],
  })
})

test('an event in time continues the session and keeps its attribution', () => {
  expect(continueSession(previous, rules, moment)).toEqual({ ...previous, lastSeenAtMs: moment.nowMs })
})

test('the next session counts on, and knows the one before and the very first touch', () => {
  const arrival = { utmSource: 'b' }
  expect(beginSession(previous, { ...moment, arrival })).toMatchObject({
    index: 4,
    previousId: 'old',
    attribution: arrival,
    first: { utmSource: 'first' },
    counts: [0, 0, 0],
  })
})

test('arriving from another campaign begins a session', () => {
  const arriveBy = (arrival: object) => continueSession(previous, rules, { ...moment, arrival }).id
  expect(arriveBy({ utmSource: 'b' })).toBe('new')
  expect(arriveBy({ clickId: 'x', clickIdType: 'gclid' })).toBe('new')
})

test('reloading the landing page of the same campaign does not', () => {
  const arrival = { utmSource: 'a', referrer: 'https://x.example/' }
  expect(continueSession(previous, rules, { ...moment, arrival }).id).toBe('old')
})

test('nor where the campaign says little: what it does not say is not stored', () => {
  const arrival = { utmSource: 'a', utmMedium: undefined, utmCampaign: 'b' }
  const stored = { ...previous, attribution: JSON.parse(JSON.stringify(arrival)) }
  expect(continueSession(stored, rules, { ...moment, arrival: arrival as Attribution }).id).toBe('old')
})

test('two tabs of different campaigns do not take the session from each other with every event', () => {
  const arrival = { utmSource: 'b' }
  expect(continueSession(previous, rules, { ...moment, arrival, arriving: false }).id).toBe('old')
})

test('a session goes on if and only if its last event is no further away than the timeout, in either direction', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 1, max: 1e9 }), (gapMs, sessionTimeoutMs) => {
      const nowMs = previous.lastSeenAtMs + gapMs
      const next = continueSession(previous, { ...rules, sessionTimeoutMs }, { ...moment, nowMs })
      expect(next.id).toBe(Math.abs(gapMs) > sessionTimeoutMs ? 'new' : 'old')
      expect(next.lastSeenAtMs).toBe(nowMs)
    }),
  )
})

test('cut at midnight, a session never holds events of two days; uncut it does not care', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(2026, 0, 1), max: new Date(2027, 0, 1), noInvalidDate: true }), (seen) => {
      const before = { ...previous, lastSeenAtMs: seen.getTime() }
      const midnight = new Date(seen.getFullYear(), seen.getMonth(), seen.getDate() + 1).getTime()
      const idAt = (nowMs: number, newSessionAtMidnight: boolean) =>
        continueSession(before, { sessionTimeoutMs: 2 * 86_400_000, newSessionAtMidnight }, { ...moment, nowMs }).id
      expect([idAt(midnight - 1, true), idAt(midnight, true)]).toEqual(['old', 'new'])
      expect(idAt(midnight, false)).toBe('old')
    }),
  )
})

test('through any run of events the index counts the sessions, and each names the one before', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 2 * rules.sessionTimeoutMs }), { maxLength: 30 })
  fc.assert(
    fc.property(gaps, (gapsMs) => {
      let nowMs = 1
      let made = 0
      let session: Session | undefined
      const ids: string[] = []
      for (const gapMs of [0, ...gapsMs]) {
        nowMs += gapMs
        const at = { ...moment, nowMs, newId: () => `${++made}` }
        session = continueSession(session, rules, at)
        if (ids.at(-1) !== session.id) ids.push(session.id)
        expect(session.index).toBe(ids.length)
        expect(session.previousId).toBe(ids.at(-2))
        expect(session.startedAtMs).toBeLessThanOrEqual(session.lastSeenAtMs)
      }
      expect(ids).toHaveLength(1 + gapsMs.filter((gapMs) => gapMs > rules.sessionTimeoutMs).length)
    }),
  )
})
