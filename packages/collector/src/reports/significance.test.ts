import { expect, test } from 'vitest'
import { pValueOf } from './significance.ts'

test('large groups are compared by the two-proportion z-test', () => {
  // z = (0.12 − 0.10) / √(0.11 · 0.89 · 2 / 1000) = 1.42925
  expect(pValueOf({ size: 1000, hits: 120 }, { size: 1000, hits: 100 })).toBeCloseTo(0.152932, 4)
  expect(pValueOf({ size: 5000, hits: 600 }, { size: 5000, hits: 500 })).toBeCloseTo(0.001394, 5)
})

test('small groups are compared by Fisher’s exact test', () => {
  // The lady tasting tea: three of four right, 17/35 of all ways to say it do as well or better on either side.
  expect(pValueOf({ size: 4, hits: 3 }, { size: 4, hits: 1 })).toBeCloseTo(34 / 70, 9)
  expect(pValueOf({ size: 4, hits: 4 }, { size: 4, hits: 0 })).toBeCloseTo(2 / 70, 9)
})

test('groups that do the same, or of which nothing is known, do not differ', () => {
  expect(pValueOf({ size: 1000, hits: 100 }, { size: 1000, hits: 100 })).toBeCloseTo(1, 6)
  expect(pValueOf({ size: 3, hits: 0 }, { size: 5, hits: 0 })).toBe(1)
  expect(pValueOf({ size: 0, hits: 0 }, { size: 5, hits: 3 })).toBe(1)
})

test('a difference that cannot be chance has no probability left, and never a negative one', () => {
  const pValue = pValueOf({ size: 100_000, hits: 50_000 }, { size: 100_000, hits: 10_000 })
  expect(pValue).toBeGreaterThanOrEqual(0)
  expect(pValue).toBeLessThan(1e-9)
})
