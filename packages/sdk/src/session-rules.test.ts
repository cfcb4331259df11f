import fc from 'fast-check'
import { expect, test } from 'vitest'
import { continueSession, type Session } from './session-rules.ts'

const timeoutMs = 30 * 60_000
const previous: Session = { id: 'old', lastSeenAtMs: 1_000_000, attribution: { utmSource: 'a' } }
const moment = { nowMs: 1_000_001, timeoutMs, arrival: {}, arriving: true, newId: () => 'new' }

test('the first event begins a session with its arrival', () => {
  const arrival = { utmSource: 'b' }
  expect(continueSession(undefined, { ...moment, arrival })).toEqual({
    id: 'new',
    lastSeenAtMs: moment.nowMs,
    attribution: arrival,
  })
})

test('an event in time continues the session and keeps its attribution', () => {
  expect(continueSession(previous, moment)).toEqual({ ...previous, lastSeenAtMs: moment.nowMs })
})

test('arriving from another campaign begins a session', () => {
  expect(continueSession(previous, { ...moment, arrival: { utmSource: 'b' } }).id).toBe('new')
  expect(continueSession(previous, { ...moment, arrival: { clickId: 'x', clickIdType: 'gclid' } }).id).toBe('new')
})

test('reloading the landing page of the same campaign does not', () => {
  expect(continueSession(previous, { ...moment, arrival: { utmSource: 'a', referrer: 'https://x.example/' } }).id).toBe(
    'old',
  )
})

test('two tabs of different campaigns do not take the session from each other with every event', () => {
  expect(continueSession(previous, { ...moment, arrival: { utmSource: 'b' }, arriving: false }).id).toBe('old')
})

test('a session goes on if and only if its last event is no further away than the timeout, in either direction', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 1, max: 1e9 }), (gapMs, limitMs) => {
      const next = continueSession(previous, {
        ...moment,
        nowMs: previous.lastSeenAtMs + gapMs,
        timeoutMs: limitMs,
      })
      expect(next.id).toBe(Math.abs(gapMs) > limitMs ? 'new' : 'old')
      expect(next.lastSeenAtMs).toBe(previous.lastSeenAtMs + gapMs)
    }),
  )
})
