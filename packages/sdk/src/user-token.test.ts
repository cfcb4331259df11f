import { expect, test } from 'vitest'
import { userToken } from './testing/world.ts'
import { readUserToken } from './user-token.ts'

test('reads whose token it is', () => {
  const token = userToken('ann?>~')
  expect(readUserToken(token)).toEqual({ sub: 'ann?>~', token })
})

test('names beyond ASCII are told apart, and are alike in every token', () => {
  const payload = (sub: string) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ sub }))
    return `h.${btoa(String.fromCharCode(...bytes)).replaceAll('=', '')}.s`
  }
  const [zoë, zoëAgain, zoé] = [payload('Zoë'), `${payload('Zoë')}2`, payload('Zoé')].map((t) => readUserToken(t)?.sub)
  expect(zoë).toBe(zoëAgain)
  expect(zoë).not.toBe(zoé)
})

test.each(['', 'x', 'a.b.c', 'a.bnVsbA.c', `h.${btoa('{"exp":1}')}.s`])('%j is no user token', (token) => {
  expect(readUserToken(token)).toBeUndefined()
})
