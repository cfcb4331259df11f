import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coveredSeconds, type Stretch } from './watched.ts'

test('what was played twice counts once', () => {
  expect(
    coveredSeconds([
      [5, 10],
      [0, 6],
      [8, 9],
      [20, 21],
    ]),
  ).toBe(11)
  expect(coveredSeconds([])).toBe(0)
})

test('is what counting second by second finds', () => {
  const second = fc.integer({ min: 0, max: 60 })
  const stretch = fc.tuple(second, second).map(([a, b]): Stretch => [Math.min(a, b), Math.max(a, b)])
  fc.assert(
    fc.property(fc.array(stretch), (stretches) => {
      const played = Array.from({ length: 60 }, (_, at) => stretches.some(([from, to]) => from <= at && at < to))
      expect(coveredSeconds(stretches)).toBe(played.filter(Boolean).length)
    }),
  )
})
