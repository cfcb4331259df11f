import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packColumn, packQuickly, pickFrom, unpackColumn, unpackWhole } from './column.ts'

/** Mostly zeros. */
const rare = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: value }), { maxLength: 200 })

/** So many of a few numbers that a palette is shorter. */
const fromFew = fc
  .uniqueArray(fc.nat(2 ** 32 - 1), { minLength: 2, maxLength: 40 })
  .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 100, maxLength: 400 }))

/** One after the other, some of them late. */
const nearlyInOrder = fc
  .tuple(
    fc.nat(2 ** 32 - 1),
    fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -20, max: 40 }) }, fc.nat(70_000))),
  )
  .map(([first, steps]) => {
    let at = first
    return steps.map((step) => (at = (at + step) >>> 0))
  })

/** Small ones, with a few that are large. */
const mostSmall = fc.array(
  fc.oneof({ weight: 19, arbitrary: fc.nat(15) }, { weight: 1, arbitrary: fc.nat(2 ** 32 - 1) }),
  { maxLength: 400 },
)

const whole = fc.oneof(
  fromFew,
  nearlyInOrder,
  mostSmall,
  fc.array(fc.integer({ min: 1000, max: 5000 })),
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
      expect(Array.from(unpackColumn(packColumn(values), values.length))).toEqual(values)
      expect(Array.from(unpackWhole(packQuickly(values), values.length))).toEqual(values)
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

const bytes = (values: number[]) => packColumn(values).length - packColumn([]).length

test('numbers take as many half bytes as their span needs', () => {
  expect(bytes([5, 5, 5, 5])).toBe(0)
  expect(bytes([1000, 1015, 1001])).toBe(2)
  expect(bytes([1000, 1255])).toBe(2)
  expect(bytes([3, 256, 4098])).toBe(5)
  expect(bytes([0, 4096])).toBe(4)
  expect(bytes([0, 65_536])).toBe(6)
  expect(bytes([0, 2 ** 24])).toBe(8)
  expect(bytes([0, 0.5])).toBe(16)
})

/** Columns of a full part, as they occur; nothing repeats at a regular distance. */
const columnOf = (number: (n: number, chance: number) => number) => {
  let seed = 1
  return Array.from({ length: 4096 }, (_, n) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return number(n, seed / 2 ** 32)
  })
}
const typical = {
  every: columnOf((_, chance) => Math.floor(chance * 60_000)),
  nonZero: columnOf((_, chance) => (chance < 0.8 ? 0 : Math.floor(chance * 60_000))),
  palette: columnOf((_, chance) => 20_000 + 500 * Math.floor(chance * 15)),
  most: columnOf((_, chance) => (chance < 0.98 ? 0 : 3)),
  gaps: columnOf((n, chance) => 18_000_000 + n * 800 + Math.floor(chance * 4000) - (chance < 0.005 ? 9_000_000 : 0)),
}

test.each(Object.entries(typical))(
  'a column for which the form is "%s" is packed in it, and comes back',
  (form, values) => {
    const packed = packColumn(values)
    expect(packed[1]).toBe(Object.keys(typical).indexOf(form))
    expect(Array.from(unpackColumn(packed, values.length))).toEqual(values)
    const places = Uint32Array.from({ length: 50 }, (_, n) => n * 80)
    expect(Array.from(pickFrom(packed, values.length, places))).toEqual(Array.from(places, (place) => values[place]))
  },
)

test('what is packed the shortest way takes less than what is packed quickly', () => {
  const share = (values: number[]) => packColumn(values).length / packQuickly(values).length
  const seq = columnOf((n, chance) => 70_000_000 + n + (chance < 0.01 ? 3000 : 0))
  expect(share(seq)).toBeLessThan(0.1)
  expect(share(typical.palette)).toBeLessThan(0.3)
  expect(share(typical.most)).toBeLessThan(0.5)
  expect(share(typical.gaps)).toBeLessThan(0.7)
})

test('columns that were packed before there were further forms are read', () => {
  const every = Buffer.from('01000000000000000000000000408f400005ff', 'hex')
  expect(Array.from(unpackColumn(every, 3))).toEqual([1000, 1005, 1255])
  const nonZero = Buffer.from('0101000002000000000000000000144000022001', 'hex')
  expect(Array.from(unpackColumn(nonZero, 10))).toEqual([0, 0, 0, 0, 0, 5, 0, 0, 7, 0])
})

test('a form that is not known is an error, not numbers', () => {
  const packed = packColumn([1, 2, 3])
  packed[1] = 9
  expect(() => unpackColumn(packed, 3)).toThrow('a form that is not known: 9')
})

test('where most numbers are zero, these take a bit each', () => {
  const values = columnOf((_, chance) => (chance < 0.8 ? 0 : 1000 + Math.floor(chance * 60_000)))
  const others = values.filter((value) => value !== 0).length
  expect(bytes(values)).toBe(4096 / 8 + others * 2)
})

test('some of the numbers are picked from among all', () => {
  fc.assert(
    fc.property(fc.oneof(whole, rare(fc.maxSafeNat())), (values) => {
      const places = Uint32Array.from(values.keys()).filter((place) => place % 3 === 0)
      const picked = Array.from(pickFrom(packColumn(values), values.length, places))
      expect(picked).toEqual(values.filter((_, place) => place % 3 === 0))
    }),
  )
})
