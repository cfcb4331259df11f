import fc from 'fast-check'
import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { chooseVariant } from '../experiments.ts'

/** Viewers of one minute: ids that differ little, as they are in life. */
const viewers = Array.from({ length: 10_000 }, (_, n) => v7({ msecs: 1_790_000_000_000 + n * 6 }))
const experiments = fc.string({ minLength: 1, maxLength: 40 })

function count(choose: (viewer: string) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const viewer of viewers) counts[choose(viewer)] = (counts[choose(viewer)] ?? 0) + 1
  return counts
}

/** Six standard deviations: one experiment in 500 million lies further off by chance. */
const tolerance = (share: number) => 6 * Math.sqrt(viewers.length * share * (1 - share))

test('a viewer has the same variant each time', () => {
  fc.assert(
    fc.property(
      experiments,
      fc.string(),
      fc.uniqueArray(fc.string(), { minLength: 1 }),
      (experiment, viewer, names) => {
        const variants = names as [string, ...string[]]
        const variant = chooseVariant(experiment, viewer, variants)
        expect(names).toContain(variant)
        expect(chooseVariant(experiment, viewer, [...variants])).toBe(variant)
      },
    ),
  )
})

test('a viewer keeps the variant from one version of the SDK to the next', () => {
  const chosen = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((viewer) =>
    chooseVariant('button', viewer, ['x', 'y', 'z']),
  )
  expect(chosen.join('')).toMatchInlineSnapshot(`"zxxxyxyy"`)
})

test('variants get equal shares of the viewers, in any experiment', () => {
  fc.assert(
    fc.property(experiments, fc.integer({ min: 2, max: 6 }), (experiment, size) => {
      const variants = Array.from({ length: size }, (_, n) => `v${n}`) as [string, ...string[]]
      const counts = count((viewer) => chooseVariant(experiment, viewer, variants))
      for (const variant of variants) {
        expect(Math.abs((counts[variant] ?? 0) - viewers.length / size)).toBeLessThan(tolerance(1 / size))
      }
    }),
    { numRuns: 25 },
  )
})

test('variants with shares get their shares, in any experiment', () => {
  fc.assert(
    fc.property(experiments, fc.integer({ min: 1, max: 99 }), (experiment, percent) => {
      const share = percent / 100
      const { bold = 0 } = count((viewer) => chooseVariant(experiment, viewer, { bold: percent, plain: 100 - percent }))
      expect(Math.abs(bold - viewers.length * share)).toBeLessThan(tolerance(share))
    }),
    { numRuns: 25 },
  )
})

test('experiments do not depend on each other', () => {
  fc.assert(
    fc.property(experiments, experiments, (first, second) => {
      fc.pre(first !== second)
      const both = count(
        (viewer) => chooseVariant(first, viewer, ['a', 'b']) + chooseVariant(second, viewer, ['a', 'b']),
      )
      for (const pair of ['aa', 'ab', 'ba', 'bb']) {
        expect(Math.abs((both[pair] ?? 0) - viewers.length / 4)).toBeLessThan(tolerance(1 / 4))
      }
    }),
    { numRuns: 25 },
  )
})

test('a variant without a share is never chosen, and shares that make no sense are none', () => {
  for (const viewer of viewers.slice(0, 200)) {
    expect(chooseVariant('e', viewer, { off: 0, on: 1 })).toBe('on')
    expect(chooseVariant('e', viewer, { off: -5, on: 1 })).toBe('on')
    expect(chooseVariant('e', viewer, { first: 0, second: 0 })).toBe('first')
  }
})
