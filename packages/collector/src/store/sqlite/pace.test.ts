import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

test('as many rows are taken as the time allows, once it is known what they cost', () => {
  const pace = new Pace()
  for (let step = 0; step < 20; step++) {
    const rows = pace.rowsIn(4)
    pace.took(rows, rows / 100)
  }
  expect(pace.rowsIn(4)).toBeCloseTo(400, -1)
  expect(pace.rowsIn(25)).toBeCloseTo(2500, -1)
})

test('what a step costs however few its rows are is counted in', () => {
  const pace = new Pace()
  const msOf = (rows: number) => 1 + rows / 100
  for (let step = 0; step < 50; step++) pace.took(pace.rowsIn(4), msOf(pace.rowsIn(4)))
  expect(msOf(pace.rowsIn(4))).toBeCloseTo(4, 1)
})

test('one slow step makes the next at most half as large, and none is smaller or larger than is worth while', () => {
  const pace = new Pace()
  for (let step = 0; step < 20; step++) pace.took(1000, 10)
  const before = pace.rowsIn(10)
  pace.took(1000, 10_000)
  expect(pace.rowsIn(10)).toBeGreaterThanOrEqual(before / 2)
  for (let step = 0; step < 50; step++) pace.took(1, 1000)
  expect(pace.rowsIn(10)).toBe(50)
  for (let step = 0; step < 50; step++) pace.took(1_000_000, 1)
  expect(pace.rowsIn(10)).toBe(5000)
})
