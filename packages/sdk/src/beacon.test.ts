import { afterEach, expect, test, vi } from 'vitest'
import { postLeaving } from './beacon.ts'

afterEach(() => vi.unstubAllGlobals())
const url = 'https://c.example/v1/batch'

test('sends a request that outlives the page and needs no preflight', async () => {
  const answered = new Response()
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => answered)
  vi.stubGlobal('fetch', fetch)
  expect(await postLeaving(url, '{}')).toBe(answered)
  const [to, init] = fetch.mock.calls[0] ?? []
  expect(to).toBe(url)
  expect(init).toMatchObject({ method: 'POST', body: '{}', keepalive: true, credentials: 'omit' })
  expect(init).not.toHaveProperty('headers')
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
