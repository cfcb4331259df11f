import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

const keys = (count: number) => Array.from({ length: count }, (_, n) => n)
const held = (map: BoundedMap<number, unknown>, upTo: number) => keys(upTo).filter((key) => map.get(key) !== undefined)

describe('a bounded map', () => {
  test('answers as a plain map would, or not at all, and never with an old value', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), key: fc.nat(20), value: fc.nat() }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('get' as const), key: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 200 }), (bound, steps) => {
        const map = new BoundedMap<number, number>(bound)
        const plain = new Map<number, number>()
        for (const step of steps) {
          if (step.do === 'set') {
            map.set(step.key, step.value)
            plain.set(step.key, step.value)
            expect(map.get(step.key)).toBe(step.value)
          } else if (step.do === 'get') {
            expect([undefined, plain.get(step.key)]).toContain(map.get(step.key))
          } else if (step.do === 'delete') {
            map.delete(step.key)
            plain.delete(step.key)
            expect(map.get(step.key)).toBeUndefined()
          } else {
            map.clear()
            plain.clear()
          }
        }
      }),
    )
  })

  test('holds everything while there is room', () => {
    const map = new BoundedMap<number, string>(100)
    for (const key of keys(50)) map.set(key, `${key}`)
    expect(held(map, 50)).toHaveLength(50)
  })

  test.each([2, 10, 100])('never holds more than its bound of %i', (bound) => {
    const map = new BoundedMap<number, string>(bound)
    for (const key of keys(bound * 5)) map.set(key, 'x')
    // Asking moves entries, so each is asked of a map of its own making.
    const found = keys(bound * 5).filter((wanted) => {
      const same = new BoundedMap<number, string>(bound)
      for (const key of keys(bound * 5)) same.set(key, 'x')
      return same.get(wanted) !== undefined
    })
    expect(found.length).toBeLessThanOrEqual(bound)
    expect(found.length).toBeGreaterThan(0)
  })

  test('keeps what is asked for, and lets go of what is not', () => {
    const map = new BoundedMap<number, string>(10)
    map.set(0, 'asked for')
    map.set(1, 'forgotten')
    for (const key of keys(1000)) {
      map.set(key + 2, 'passing by')
      expect(map.get(0)).toBe('asked for')
    }
    expect(map.get(1)).toBeUndefined()
  })

  test('forgets everything when it is cleared', () => {
    const map = new BoundedMap<number, string>(4)
    for (const key of keys(6)) map.set(key, 'x')
    map.clear()
    expect(held(map, 6)).toEqual([])
  })
})
