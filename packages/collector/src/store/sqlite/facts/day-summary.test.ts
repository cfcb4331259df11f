import { expect, test } from 'vitest'
import { DaySummary } from './day-summary.ts'
import { SummaryCache } from './summary-cache.ts'
import { words } from './words.ts'

test('a record is fetched once, and not at all where all that is asked for is in the cache', () => {
  const cache = new SummaryCache()
  let fetched = 0
  const fetch = () => {
    fetched++
    return words(1, 2)
  }
  const read = (version: string) => {
    const summary = new DaySummary(1, { cache, key: '20000 0', version, fetch })
    return ['one', 'other'].map((name, n) =>
      summary.unpacked(name, (packed) => Uint32Array.of(packed.readUInt32LE(4 * n))),
    )
  }
  expect(read('1')).toEqual([Uint32Array.of(1), Uint32Array.of(2)])
  expect(read('1')).toEqual([Uint32Array.of(1), Uint32Array.of(2)])
  expect(fetched).toBe(1)
  expect(read('2')).toEqual([Uint32Array.of(1), Uint32Array.of(2)])
  expect(fetched).toBe(2)
})
