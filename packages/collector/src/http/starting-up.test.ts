import { expect, test } from 'vitest'
import { startingUp } from './starting-up.ts'

const origin = 'https://a.example'

test('until the collector is ready every page can read that it has to wait', async () => {
  const { status, headers } = await startingUp().request('/v1/batch', { method: 'POST', headers: { origin } })
  expect(status).toBe(503)
  expect(headers.get('access-control-allow-origin')).toBe(origin)
  expect(headers.get('access-control-expose-headers')).toContain('Retry-After')
  expect(headers.get('retry-after')).toBe('1')
})

test('until the collector is ready preflights are answered, for that moment alone', async () => {
  const { status, headers } = await startingUp().request('/v1/batch', { method: 'OPTIONS', headers: { origin } })
  expect([status, headers.get('access-control-allow-origin'), headers.get('access-control-max-age')]).toEqual([
    204,
    origin,
    '0',
  ])
})
