import { batchSchema, eventSchema } from '@tallymark/schemas'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accept } from './testing/world.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
const fetched: { url: string; type: string | null; body: string }[] = []

beforeEach(() => {
  fetched.length = 0
  vi.resetModules()
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = await request.text()
    fetched.push({ url: request.url, type: request.headers.get('content-type'), body })
    return new Response(accept(batchSchema.parse(JSON.parse(body)) as never).body)
  })
})
afterEach(() => vi.unstubAllGlobals())

test('the named functions send, with the real queue and transport, a batch that needs no preflight', async () => {
  const sdk = await import('./index.ts')
  sdk.trackClick({ type: 'project', id: 7 }, { position: 0 })
  sdk.init({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1 &', trackBots: true })
  sdk.trackView({ type: 'project', id: 7 })
  await sdk.flush()
  expect(fetched.map(({ url, type }) => ({ url, type }))).toEqual([
    {
      url: 'https://collect.example.com/v1/batch?key=tm_pub_1%20%26',
      type: expect.stringMatching(/^text\/plain/),
    },
  ])
  const { events, context } = batchSchema.parse(JSON.parse(fetched[0]?.body ?? ''))
  expect(events.map((event) => eventSchema.parse(event).eventType)).toEqual(['click', 'view'])
  expect(context?.sdk?.name).toBe('@tallymark/sdk')
  await sdk.flush()
  expect(fetched).toHaveLength(1)
})

test('options that cannot be used are one console error, and nothing else happens', async () => {
  const sdk = await import('./index.ts')
  Reflect.apply(sdk.init, undefined, [{ endpoint: 'https://collect.example.com', writekey: 'tm_pub_1' }])
  sdk.track('save')
  await sdk.flush()
  expect(fetched).toEqual([])
  const sentences = () => said.mock.calls.flat().join('\n')
  await vi.waitFor(() => expect(sentences()).toContain("'writeKey'"))
  expect(sentences()).toContain("'writekey'")
})

test('a browser that a program drives is not tracked unless that is asked for', async () => {
  const sdk = await import('./index.ts')
  expect(navigator.webdriver).toBe(true)
  const tracker = sdk.createTracker({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1' })
  tracker.track('save')
  await vi.waitFor(() => expect(tracker.consent).toBe('denied'))
  tracker.track('save')
  await tracker.flush()
  expect(fetched).toEqual([])
  expect(tracker.drops).toEqual({ no_consent: 2 })
  expect(said.mock.calls.flat().join()).toContain('trackBots')
})
