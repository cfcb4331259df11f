import { expect, test } from 'vitest'
import { DailyCaps } from './daily-caps.ts'

const over = (caps: DailyCaps, times: number, client = 'a', entity = 1, type = 1) =>
  Array.from({ length: times }, () => caps.isOver(client, entity, type)).filter(Boolean).length

test('so many of a client, entity and type are counted, and the rest are too many', () => {
  const caps = new DailyCaps(3)
  expect(over(caps, 5)).toBe(2)
  expect([over(caps, 3, 'b'), over(caps, 3, 'a', 2), over(caps, 3, 'a', 1, 2)]).toEqual([0, 0, 0])
  caps.committed()
  expect(over(caps, 1)).toBe(1)
})

test('what was rolled back was never counted', () => {
  const caps = new DailyCaps(3)
  over(caps, 2)
  caps.committed()
  over(caps, 1)
  caps.rolledBack()
  expect([over(caps, 1), over(caps, 1)]).toEqual([0, 1])
})

test('a cap of none takes any number', () => {
  expect(over(new DailyCaps(0), 10_000)).toBe(0)
})
