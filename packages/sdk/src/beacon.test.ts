import { afterEach, expect, test, vi } from 'vitest'
import { postRaw } from './beacon.ts'
import { accept } from './testing/world.ts'

afterEach(() => vi.unstubAllGlobals())
const event = { eventType: 'save' }

test('sends a request that outlives the page and needs no preflight', async () => {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response(accept({ events: [event, event] }).body))
  vi.stubGlobal('fetch', fetch)
  expect(await postRaw('https://c.example/v1/batch', '{}')).toEqual([0, 1])
  const [url, init] = fetch.mock.calls[0] ?? []
  expect(url).toBe('https://c.example/v1/batch')
  expect(init).toMatchObject({ method: 'POST', body: '{}', keepalive: true, credentials: 'omit' })
  expect(init).not.toHaveProperty('headers')
})

test.each([
  ['refused', async () => new Response('{"code":"overloaded"}', { status: 503 })],
  ['answered by a proxy', async () => new Response('<html>')],
  ['not answered', () => Promise.reject(new TypeError('Failed to fetch'))],
  [
    'impossible',
    () => {
      throw new Error('blocked')
    },
  ],
])('acknowledges nothing when the request is %s', async (_, fetch) => {
  vi.stubGlobal('fetch', fetch)
  expect(await postRaw('https://c.example/v1/batch', '{}')).toEqual([])
})
