import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeOrder } from './time-order.ts'

test('rows come in the order of their times, and of the same time as they stood', () => {
  const someTimes = fc.array(fc.oneof(fc.integer({ min: 0, max: 86_399_999 }), fc.constantFrom(0, 16_383, 16_384)))
  fc.assert(
    fc.property(someTimes, (times) => {
      const rows = times.map((_, row) => row)
      const expected = rows.toSorted((a, b) => (times[a] as number) - (times[b] as number) || a - b)
      expect(Array.from(timeOrder(Uint32Array.from(times), times.length))).toEqual(expected)
    }),
  )
})
