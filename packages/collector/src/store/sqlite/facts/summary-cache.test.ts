import { expect, test } from 'vitest'
import { SummaryCache } from './summary-cache.ts'

/** Asks for something; returns whether it had to be unpacked. */
function isUnpacked(cache: SummaryCache, key: string, version = '', words = 1000): boolean {
  let isUnpacked = false
  cache.of(key, version, () => {
    isUnpacked = true
    return new Uint32Array(words)
  })
  return isUnpacked
}

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `${from + n}`)
/** Room for ten, and not for eleven. */
const roomForTen = 57_000

test('what was unpacked is there until another version is asked for', () => {
  const cache = new SummaryCache()
  const first = cache.of('a', '1', () => Uint32Array.of(1))
  expect(cache.of('a', '1', () => Uint32Array.of(2))).toBe(first)
  expect(cache.of('a', '2', () => Uint32Array.of(2))).toEqual(Uint32Array.of(2))
  expect(isUnpacked(cache, 'a', '2')).toBe(false)
  expect(isUnpacked(cache, 'a', '1')).toBe(true)
})

test('who goes through more than there is room for, again and again, finds what there was room for', () => {
  const cache = new SummaryCache(roomForTen)
  const round = () => keys(0, 15).filter((key) => isUnpacked(cache, key))
  expect(round()).toEqual(keys(0, 15))
  for (let n = 0; n < 20; n++) expect(round()).toEqual(keys(10, 15))
})

test('what nobody asks for any more makes way', () => {
  const cache = new SummaryCache(roomForTen)
  for (const key of keys(0, 10)) isUnpacked(cache, key)
  for (let n = 0; n < 20; n++) for (const key of keys(5, 15)) isUnpacked(cache, key)
  expect(keys(5, 15).filter((key) => isUnpacked(cache, key))).toEqual([])
  expect(isUnpacked(cache, '0')).toBe(true)
})

test('it never has more than it may, whatever the values are made of', () => {
  const cache = new SummaryCache(100_000)
  for (let n = 0; n < 1000; n++) {
    cache.of(`column ${n}`, '', () => new Float64Array(100))
    cache.of(`table ${n}`, '', () => ({ rows: 10, type: new Uint32Array(10), count: new Float64Array(10) }))
    cache.of(`nothing ${n}`, '', () => new Uint32Array())
    expect(cache.bytes).toBeLessThanOrEqual(100_000)
  }
  expect(cache.bytes).toBeGreaterThan(90_000)
})

test('a table takes what its columns take', () => {
  const bytesAfter = (value: Uint32Array | { rows: number; type: Uint32Array; count: Float64Array }) => {
    const cache = new SummaryCache()
    cache.of('it', '', () => value)
    return cache.bytes
  }
  const nothing = bytesAfter({ rows: 0, type: new Uint32Array(), count: new Float64Array() })
  expect(bytesAfter({ rows: 10, type: new Uint32Array(10), count: new Float64Array(10) })).toBe(nothing + 40 + 80)
  expect(bytesAfter(new Uint32Array())).toBeLessThan(nothing)
})

test('what is larger than all the room drives nothing out', () => {
  const cache = new SummaryCache(roomForTen)
  isUnpacked(cache, 'a')
  for (let n = 0; n < 5; n++) expect(isUnpacked(cache, 'large', '', 100_000)).toBe(true)
  expect(isUnpacked(cache, 'a')).toBe(false)
})

test('what cannot be unpacked is not kept', () => {
  const cache = new SummaryCache()
  isUnpacked(cache, 'a', '1')
  const fail = () => {
    throw new Error('it is damaged')
  }
  expect(() => cache.of('a', '2', fail)).toThrow('it is damaged')
  expect(cache.bytes).toBe(0)
  expect(isUnpacked(cache, 'a', '2')).toBe(true)
})
