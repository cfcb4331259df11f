import { expect, test } from 'vitest'
import { SummaryCache } from './summary-cache.ts'

const words = (...numbers: number[]) => Uint32Array.from(numbers)
const notAgain = () => {
  throw new Error('it is kept')
}

test('what was unpacked is there until another version is asked for', () => {
  const cache = new SummaryCache()
  const first = cache.of('a', '1', () => words(1))
  expect(cache.of('a', '1', notAgain)).toBe(first)
  expect(cache.of('a', '2', () => words(2))).toEqual(words(2))
  expect(cache.of('a', '2', notAgain)).toEqual(words(2))
  expect(cache.of('a', '1', () => words(1))).toEqual(words(1))
})

test('what was not asked for for longest makes way', () => {
  const tenth = () => words(...Array.from({ length: 1000 }, (_, n) => n))
  const cache = new SummaryCache(10 * 4400)
  for (let n = 0; n < 10; n++) cache.of(`${n}`, '', tenth)
  cache.of('0', '', notAgain)
  cache.of('10', '', tenth)
  cache.of('0', '', notAgain)
  expect(() => cache.of('1', '', notAgain)).toThrow('it is kept')
  expect(() => cache.of('2', '', notAgain)).not.toThrow()
})

test('it never has more than it may, whatever the values are made of', () => {
  const cache = new SummaryCache(10_000)
  for (let n = 0; n < 100; n++) {
    cache.of(`column ${n}`, '', () => new Float64Array(100))
    cache.of(`table ${n}`, '', () => ({ rows: 10, type: new Uint32Array(10), count: new Float64Array(10) }))
    cache.of(`nothing ${n}`, '', () => new Uint32Array())
    expect(cache.bytes).toBeLessThanOrEqual(10_000)
  }
  cache.of('more than that', '', () => new Uint32Array(10_000))
  expect(cache.bytes).toBe(0)
})

test('what cannot be unpacked is not kept', () => {
  const cache = new SummaryCache()
  expect(() => cache.of('a', '1', notAgain)).toThrow('it is kept')
  expect(cache.of('a', '1', () => words(1))).toEqual(words(1))
})
