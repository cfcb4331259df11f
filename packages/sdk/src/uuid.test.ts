import { expect, test } from 'vitest'
import { createIds, isUuid } from './uuid.ts'

const version7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const msOf = (id: string) => Number.parseInt(id.replace('-', '').slice(0, 12), 16)

test('an id is a UUID of version 7, and says when it was made', () => {
  const nowMs = Date.UTC(2026, 4, 1)
  const newId = createIds(() => nowMs)
  const ids = Array.from({ length: 1_000 }, newId)
  for (const id of ids) {
    expect(id).toMatch(version7)
    expect(isUuid(id)).toBe(true)
    expect(msOf(id)).toBe(nowMs)
  }
})

test('each is greater than the one before, also when the clock stands still or goes back', () => {
  let nowMs = Date.UTC(2026, 4, 1)
  const newId = createIds(() => nowMs)
  const ids = Array.from({ length: 20_000 }, (_, n) => {
    if (n % 6_000 === 0) nowMs += n % 4_000 === 0 ? -3_600_000 : 1
    return newId()
  })
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(version7)
})

test('two tabs make different ids in the same instant', () => {
  const [one, other] = [createIds(() => 1), createIds(() => 1)]
  const tails = [one, other].flatMap((newId) => Array.from({ length: 500 }, () => newId().slice(19)))
  expect(new Set(tails).size).toBe(1_000)
})
