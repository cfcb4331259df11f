import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packedSize, unpackSet, ViewerSet } from './viewer-set.ts'

const setOf = (viewers: readonly number[]) => {
  const set = new ViewerSet()
  for (const viewer of viewers) set.add(viewer)
  return set
}

const sparse = fc.array(fc.integer({ min: 1, max: 2_000_000 }))
const dense = fc.array(fc.integer({ min: 70_000, max: 70_400 }), { maxLength: 400 })

/** Packed as gaps, these are unpacked as bits: there are more of them than words between the first and the last. */
const between = fc.uniqueArray(fc.integer({ min: 70_000, max: 80_000 }), { minLength: 400, maxLength: 500 })
const some = fc.oneof(sparse, between, dense)

test('counts each member once, and has them in their order', () => {
  fc.assert(
    fc.property(some, (viewers) => {
      const distinct = [...new Set(viewers)].sort((a, b) => a - b)
      const set = setOf(viewers)
      expect(set.size).toBe(distinct.length)
      expect(Array.from(set.members())).toEqual(distinct)
      expect(distinct.every((viewer) => set.has(viewer))).toBe(true)
      expect(set.has(3_000_000)).toBe(false)
    }),
  )
})

test('packed sets are added up as sets, wherever their record begins', () => {
  fc.assert(
    fc.property(some, some, fc.nat(7), (members, others, offset) => {
      const packed = setOf(members).pack()
      const moved = Buffer.concat([Buffer.alloc(offset), packed]).subarray(offset)
      const set = setOf(others)
      set.addUnpacked(unpackSet(moved))
      expect(packedSize(moved)).toBe(new Set(members).size)
      expect(Array.from(set.members())).toEqual([...new Set([...members, ...others])].sort((a, b) => a - b))
    }),
  )
})
