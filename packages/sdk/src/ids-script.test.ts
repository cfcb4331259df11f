import { expect, test, vi } from 'vitest'
import { v7 } from './ids-script.ts'

test('ids are UUIDs of version 7 that say when they were made', () => {
  const id = v7()
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(Math.abs(Number.parseInt(id.replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(1_000)
})

test('ids are in the order in which they were made, also when the clock is set back', () => {
  const clock = vi.spyOn(Date, 'now')
  const nowMs = Date.now() + 1_000
  const ids = Array.from({ length: 10_000 }, (_, n) => {
    clock.mockReturnValue(nowMs + (n % 3) - n)
    return v7()
  })
  clock.mockRestore()
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
