import fc from 'fast-check'
import { expect, test } from 'vitest'
import { durationMs } from './duration.ts'

test.each([
  ['60s', 60_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
  ['1.5h', 5_400_000],
  ['0s', 0],
  ['0.0015s', 2],
  ['0.07s', 70],
])('%s is %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', '5', 'm', '5 m', '-5m', '5M', '5w', '5m5s', '.5m', '1e3s', 'Infinitys', ' 5m'])(
  '"%s" is not a duration',
  (text) => {
    expect(durationMs(text)).toBeUndefined()
  },
)

test('a whole number of any unit comes back as so many milliseconds', () => {
  const unit = fc.constantFrom(['s', 1_000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000] as const)
  fc.assert(fc.property(fc.nat(), unit, (amount, [name, ms]) => durationMs(`${amount}${name}`) === amount * Number(ms)))
})

test('any text is either a duration that is not negative or none', () => {
  fc.assert(fc.property(fc.string(), (text) => (durationMs(text) ?? 0) >= 0))
})
