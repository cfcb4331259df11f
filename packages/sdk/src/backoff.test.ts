import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, parseRetryAfter } from './backoff.ts'

const anyFailures = fc.integer({ min: 1, max: 5_000 })
const anyRandom = fc.double({ min: 0, max: 1, noNaN: true })

test('never waits less than the collector asked for', () => {
  fc.assert(
    fc.property(anyFailures, fc.integer({ min: 0, max: 86_400_000 }), anyRandom, (failures, retryAfterMs, random) => {
      expect(backoffMs(failures, retryAfterMs, random)).toBeGreaterThanOrEqual(retryAfterMs)
    }),
  )
})

test('without a word from the collector waits between its floor and five minutes', () => {
  fc.assert(
    fc.property(anyFailures, anyRandom, (failures, random) => {
      const waitMs = backoffMs(failures, 0, random)
      expect(waitMs).toBeGreaterThanOrEqual(1_700)
      expect(waitMs).toBeLessThanOrEqual(300_000)
    }),
  )
})

test('sends at most three requests in an outage of five seconds, and another at most three seconds later', () => {
  fc.assert(
    fc.property(anyRandom, anyRandom, anyRandom, (a, b, c) => {
      const second = backoffMs(1, 0, a)
      const third = second + backoffMs(2, 0, b)
      const fourth = third + backoffMs(3, 0, c)
      expect(fourth).toBeGreaterThan(5_000)
      for (const gap of [second, third - second, fourth - third]) expect(gap).toBeLessThanOrEqual(3_000)
    }),
  )
})

test('spreads the pages that failed together', () => {
  expect(backoffMs(6, 0, 0)).toBeLessThan(backoffMs(6, 0, 1) / 5)
  expect(backoffMs(1, 60_000, 0)).toBeLessThan(backoffMs(1, 60_000, 1))
})

test('reads Retry-After as seconds and as a date', () => {
  const nowMs = Date.parse('2026-05-01T00:00:00Z')
  expect(parseRetryAfter('4', nowMs)).toBe(4_000)
  expect(parseRetryAfter('Fri, 01 May 2026 00:00:04 GMT', nowMs)).toBe(4_000)
})

test.each([null, '', '-5', '0', 'soon', 'Thu, 30 Apr 2026 00:00:00 GMT'])('takes %j for no Retry-After', (header) => {
  expect(parseRetryAfter(header, Date.parse('2026-05-01T00:00:00Z'))).toBe(0)
})

test('does not believe in more than a day', () => {
  expect(parseRetryAfter('99999999999', 0)).toBe(86_400_000)
})
