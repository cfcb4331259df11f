import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoTimes } from './iso-time.ts'

test('instants stand as toISOString writes them, in whatever order they come', () => {
  const instant = fc.oneof(
    fc.integer({ min: -1e14, max: 1e14 }),
    fc.integer({ min: -2, max: 2 }).map((n) => n * 86_400_000),
  )
  fc.assert(
    fc.property(fc.array(instant), (instants) => {
      const isoTime = isoTimes()
      for (const ms of instants) expect(isoTime(ms)).toBe(new Date(ms).toISOString())
    }),
  )
})
