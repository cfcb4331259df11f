import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DistinctPairs } from './distinct-pairs.ts'

test('each group has as many different numbers as a set of them', () => {
  const somePairs = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 30 })), { size: 'large' })
  fc.assert(
    fc.property(somePairs, (pairs) => {
      const counted = new DistinctPairs()
      for (const [group, number] of pairs) counted.add(group, number)
      const sets = Array.from(
        { length: 6 },
        (_, group) => new Set(pairs.filter(([of]) => of === group).map(([, n]) => n)),
      )
      expect(Array.from(counted.count(6, 30))).toEqual(sets.map(({ size }) => size))
    }),
  )
})
