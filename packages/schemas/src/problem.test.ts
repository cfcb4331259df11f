import { expect, test } from 'vitest'
import { problem, problems } from './problem.ts'

test('a problem has the status and the title of its code', () => {
  expect(problem('occurred_too_old', 'it is 31 days old')).toEqual({
    type: 'urn:tallymark:problem:occurred_too_old',
    title: 'The event is too old',
    status: 400,
    detail: 'it is 31 days old',
    code: 'occurred_too_old',
  })
})

test('errors are there when there are any', () => {
  const errors = [{ pointer: '/position', code: 'too_small' as const, detail: 'position must be at least 0' }]
  expect(problem('invalid_event', 'x', errors).errors).toEqual(errors)
  expect(problem('invalid_event', 'x', [])).not.toHaveProperty('errors')
})

test.each(Object.entries(problems))('%s has an HTTP status of an error', (_, { status, title }) => {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(title).toMatch(/^[A-Z].*[^.]$/)
})
