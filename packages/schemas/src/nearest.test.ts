import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

const names = ['view', 'click', 'calendar_sync', 'outbound_click', 'sessionId']

test.each([
  ['veiw', 'view'],
  ['clik', 'click'],
  ['Click', 'click'],
  ['calender_sync', 'calendar_sync'],
  ['outboundclick', 'outbound_click'],
  ['sessionID', 'sessionId'],
  ['sesionid', 'sessionId'],
])('%s was probably meant as %s', (name, meant) => {
  expect(nearest(name, names)).toBe(meant)
})

test.each(['', 'x', 'purchase', 'vi', 'calendar', 'a'.repeat(1000)])('"%s" is close to nothing', (name) => {
  expect(nearest(name, names)).toBeUndefined()
})

test('a name is nearest to itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (name, others) => {
      expect(nearest(name, [...others, name])?.toLowerCase()).toBe(name.toLowerCase())
    }),
  )
})
