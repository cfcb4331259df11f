import { expect, test } from 'vitest'
import { createDebounce } from './debounce.ts'
import { createWorld } from './testing/world.ts'

function setUp() {
  const world = createWorld()
  const released: string[] = []
  const debounce = createDebounce<string>(world.edges.setTimer, (value) => released.push(value))
  return { world, released, debounce }
}

test('keeps the last value of a key, once it was quiet', async () => {
  const { world, released, debounce } = setUp()
  debounce.hold('rating', 1_000, 'one')
  await world.pass(900)
  debounce.hold('rating', 1_000, 'two')
  await world.pass(900)
  expect(released).toEqual([])
  await world.pass(100)
  expect(released).toEqual(['two'])
  await world.pass(10_000)
  expect(released).toEqual(['two'])
})

test('keys do not disturb each other', async () => {
  const { world, released, debounce } = setUp()
  debounce.hold('a', 1_000, 'a')
  debounce.hold('b', 500, 'b')
  await world.pass(1_000)
  expect(released).toEqual(['b', 'a'])
})

test('lets everything go at once when the page leaves', async () => {
  const { world, released, debounce } = setUp()
  debounce.hold('a', 1_000, 'a')
  debounce.hold('b', 1_000, 'b')
  debounce.flush()
  expect(released).toEqual(['a', 'b'])
  await world.pass(5_000)
  expect(released).toEqual(['a', 'b'])
})
