import { expect, test } from 'vitest'
import { Surge } from './surge.ts'

/** A surge watched by a clock that the test moves. */
function watch() {
  let now = 0
  const surge = new Surge(() => now)
  return {
    surge,
    /** So many events a second, for so long. */
    send(perSecond: number, seconds: number) {
      for (let n = 0; n < seconds * 10; n++) {
        surge.arrived(perSecond / 10)
        now += 100
      }
    },
    wait(ms: number) {
      now += ms
    },
  }
}

test('a steady stream is no surge', () => {
  const { surge, send } = watch()
  expect(surge.isOn).toBe(false)
  send(1500, 20)
  expect(surge.isOn).toBe(false)
})

test('a flood is one from its first second until it is over', () => {
  const { surge, send, wait } = watch()
  send(40_000, 1)
  expect(surge.isOn).toBe(true)
  send(40_000, 20)
  expect(surge.isOn).toBe(true)
  wait(2000)
  expect(surge.isOn).toBe(false)
})

test('one that is over half a minute old is waited for no longer, and the next one is', () => {
  const { surge, send } = watch()
  send(40_000, 31)
  expect(surge.isOn).toBe(false)
  send(100, 3)
  send(40_000, 2)
  expect(surge.isOn).toBe(true)
})
