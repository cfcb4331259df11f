import { afterEach, expect, test, vi } from 'vitest'
import { postLeaving } from './beacon.ts'
import { accept } from './testing/world.ts'

afterEach(() => vi.unstubAllGlobals())
const url = 'https://c.example/v1/batch'

test('sends a request that outlives the page and needs no preflight', async () => {
  const { body } = accept({ events: [{ eventType: 'save' }] })
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response(body))
  vi.stubGlobal('fetch', fetch)
  expect(await postLeaving(url, '{}')).toEqual({ status: 200, body, retryAfter: null })
  const [to, init] = fetch.mock.calls[0] ?? []
  expect(to).toBe(url)
  expect(init).toMatchObject({ method: 'POST', body: '{}', keepalive: true, credentials: 'omit' })
  expect(init).not.toHaveProperty('headers')
})

test('says when the collector wants to be left alone', async () => {
  const headers = { 'retry-after': '4' }
  vi.stubGlobal('fetch', async () => new Response('{"code":"rate_limited"}', { status: 429, headers }))
  expect(await postLeaving(url, '{}')).toMatchObject({ status: 429, retryAfter: '4' })
})

test.each([
  ['not answered', () => Promise.reject(new TypeError('Failed to fetch'))],
  [
    'impossible',
    () => {
      throw new Error('blocked')
    },
  ],
])('knows nothing of a request that is %s', async (_, fetch) => {
  vi.stubGlobal('fetch', fetch)
  expect(await postLeaving(url, '{}')).toBeUndefined()
})
