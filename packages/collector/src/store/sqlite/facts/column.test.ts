import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packColumn, pickFrom, unpackColumn, unpackWhole } from './column.ts'

/** Mostly zeros. */
const rare = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: value }), { maxLength: 200 })

const whole = fc.oneof(
  rare(fc.integer({ min: 1, max: 70_000 })),
  fc.array(fc.nat(3)),
  fc.array(fc.nat(70_000)),
  fc.array(fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 })),
  fc.array(fc.nat(2 ** 32 - 1)),
  fc.array(fc.constant(86_399_999)),
)

test('whole numbers come back as they were, whatever they span', () => {
  fc.assert(
    fc.property(whole, (values) => {
      expect(Array.from(unpackWhole(packColumn(values), values.length))).toEqual(values)
    }),
  )
})

test('large numbers and fractions come back as they were', () => {
  const one = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ min: 0, max: 86_400_000, noNaN: true }))
  const any = fc.oneof(fc.array(one), rare(one))
  fc.assert(
    fc.property(any, (values) => {
      const back = Array.from(unpackColumn(packColumn(values), values.length), (value) => value + 0)
      expect(back).toEqual(values.map((value) => value + 0))
    }),
  )
})

test('numbers take as many bytes as their span needs', () => {
  const bytes = (values: number[]) => packColumn(values).length - packColumn([]).length
  expect(bytes([5, 5, 5, 5])).toBe(0)
  expect(bytes([1000, 1255])).toBe(2)
  expect(bytes([0, 256])).toBe(4)
  expect(bytes([0, 65_536])).toBe(6)
  expect(bytes([0, 2 ** 24])).toBe(8)
  expect(bytes([0, 0.5])).toBe(16)
})

test('where most numbers are zero, these take a bit each', () => {
  const values = Array.from({ length: 4096 }, (_, n) => (n % 100 === 0 ? 1000 + n : 0))
  expect(packColumn(values).length - packColumn([]).length).toBe(4096 / 8 + 41 * 2)
})

test('some of the numbers are picked from among all', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.nat(70_000)), rare(fc.maxSafeNat()), rare(fc.nat(300))), (values) => {
      const places = Uint32Array.from(values.keys()).filter((place) => place % 3 === 0)
      const picked = Array.from(pickFrom(packColumn(values), values.length, places))
      expect(picked).toEqual(values.filter((_, place) => place % 3 === 0))
    }),
  )
})
