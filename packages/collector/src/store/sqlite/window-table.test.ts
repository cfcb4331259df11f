import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WindowTable } from './window-table.ts'

const windowMs = 1000
const never = Number.MAX_SAFE_INTEGER

describe('the window table', () => {
  test('answers as a plain list would, for any history', () => {
    const key = fc.record({ high: fc.integer({ min: 0, max: 3 }), low: fc.integer({ min: 0, max: 3 }) })
    const history = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 })
    fc.assert(
      fc.property(history, (events) => {
        const table = new WindowTable()
        const list: { high: number; low: number; occurredAt: number }[] = []
        for (const [{ high, low }, occurredAt] of events) {
          const expected = list.some(
            (e) => e.high === high && e.low === low && Math.abs(e.occurredAt - occurredAt) < windowMs,
          )
          expect(table.has({ high, low }, occurredAt, windowMs, 0)).toBe(expected)
          if (expected) continue
          table.add({ high, low, occurredAt, windowMs, expiresAt: never }, 0)
          list.push({ high, low, occurredAt })
        }
      }),
    )
  })

  test('forgets what has expired', () => {
    const table = new WindowTable()
    table.add({ high: 1, low: 2, occurredAt: 500, windowMs, expiresAt: 10 }, 0)
    expect(table.has({ high: 1, low: 2 }, 500, windowMs, 9)).toBe(true)
    expect(table.has({ high: 1, low: 2 }, 500, windowMs, 10)).toBe(false)
  })

  test('grows without losing anything, and lets go of the expired when it does', () => {
    const table = new WindowTable()
    const entries = 50_000
    for (let n = 0; n < entries; n++) table.add({ high: n, low: ~n, occurredAt: n, windowMs, expiresAt: n + 1 }, 0)
    expect(table.size).toBe(entries)
    for (let n = 0; n < entries; n++) expect(table.has({ high: n, low: ~n >>> 0 }, n, windowMs, 0)).toBe(true)
    for (let n = 0; n < entries; n++) table.add({ high: n, low: 7, occurredAt: n, windowMs, expiresAt: never }, entries)
    expect(table.size).toBeLessThan(2 * entries)
    for (let n = 0; n < entries; n++) expect(table.has({ high: n, low: 7 }, n, windowMs, entries)).toBe(true)
  })

  test('at its bound gives up the oldest, and counts them', () => {
    const table = new WindowTable(1000)
    for (let n = 0; n < 1001; n++) table.add({ high: n, low: 0, occurredAt: 0, windowMs, expiresAt: n + 1 }, 0)
    expect(table.size).toBeLessThanOrEqual(1000)
    expect(table.forgotten).toBeGreaterThan(0)
    expect(table.has({ high: 0, low: 0 }, 0, windowMs, 0)).toBe(false)
    expect(table.has({ high: 1000, low: 0 }, 0, windowMs, 0)).toBe(true)
  })
})
