import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correctedTime } from './clock.ts'

const instant = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2040) })
const duration = fc.integer({ min: 0, max: 40 * 86_400_000 })
const years = 10 * 365 * 86_400_000

test('whatever the client’s clock says, an event is placed at its true time plus the time on the way', () => {
  const clockError = fc.integer({ min: -years, max: years })
  const latency = fc.integer({ min: 0, max: 60_000 })
  fc.assert(
    fc.property(instant, duration, clockError, latency, (occurred, waited, error, onTheWay) => {
      const sent = occurred + waited
      const received = sent + onTheWay
      expect(correctedTime(occurred + error, received, sent + error)).toBe(occurred + onTheWay)
    }),
  )
})

test('the distance between two events of one request is what the client measured', () => {
  fc.assert(
    fc.property(instant, instant, instant, instant, (first, second, sent, received) => {
      const distance = correctedTime(second, received, sent) - correctedTime(first, received, sent)
      expect(distance).toBe(second - first)
    }),
  )
})

test('without sentAt the client’s clock is believed', () => {
  expect(correctedTime(1000, 5000, undefined)).toBe(1000)
})
