import { problems } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import { decideEvent, decideRequest, decisions } from './decisions.ts'

test('there is a decision for every problem of the collector, and for no other', () => {
  expect(Object.keys(decisions).toSorted()).toEqual(Object.keys(problems).toSorted())
})

test('an overload is never the fault of the events', () => {
  for (const [code, { status }] of Object.entries(problems)) {
    if (status === 429 || status >= 500) expect(decideRequest(status, code)).toBe('retry')
  }
})

test.each([
  [0, 'retry'],
  [200, 'retry'],
  [400, 'halve'],
  [403, 'stop'],
  [404, 'stop'],
  [408, 'retry'],
  [413, 'halve'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [504, 'retry'],
])('an answer %i of nobody we know: %s', (status, decision) => {
  expect(decideRequest(status, '')).toBe(decision)
})

test('a code that is about one event says of a batch only that it must be smaller', () => {
  expect(decideRequest(400, 'missing_prop')).toBe('halve')
  expect(decideEvent('missing_prop')).toBe('drop')
})

test('a code of a newer collector is a no for that event', () => {
  expect(decideEvent('too_purple')).toBe('drop')
  expect(decideRequest(503, 'too_purple')).toBe('retry')
  expect(decideEvent('constructor')).toBe('drop')
})
