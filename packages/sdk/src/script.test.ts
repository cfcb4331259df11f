import { batchSchema, type EventInput } from '@tallymark/schemas'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSender } from './delivery.ts'
import type { SenderSettings } from './sender.ts'
import { accept } from './testing/world.ts'

interface ScriptTracker {
  track(...given: unknown[]): void
  flush(): Promise<void>
  push(...calls: unknown[][]): void
}
const page = window as unknown as { tallymark?: ScriptTracker | unknown[][]; tallymarkDelivery?(later: object): void }

let keys = 0
const sent: EventInput[] = []
const urls: string[] = []

/** Runs the script as a page does, with the attributes of its element. */
async function load(attributes: Record<string, string> = {}): Promise<ScriptTracker> {
  const element = document.createElement('script')
  Object.assign(element.dataset, { writeKey: `tm_pub_script_${++keys}`, trackBots: '', ...attributes })
  Object.defineProperty(element, 'src', { value: 'https://collect.example.com/stats/tallymark.js' })
  Object.defineProperty(element, 'nonce', { value: 'n0nce' })
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(element)
  vi.resetModules()
  await import('./script.ts')
  return page.tallymark as ScriptTracker
}

const appended: HTMLScriptElement[] = []

beforeEach(() => {
  delete page.tallymark
  delete page.tallymarkDelivery
  sent.length = urls.length = appended.length = 0
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(document.head, 'append').mockImplementation((...nodes) => {
    const element = nodes[0] as HTMLScriptElement
    appended.push(element)
    page.tallymarkDelivery?.({
      openSender: (settings: SenderSettings) =>
        openSender(settings, {
          async post(url, body) {
            const batch = batchSchema.parse(JSON.parse(body))
            urls.push(url)
            sent.push(...(batch.events as EventInput[]))
            return accept({ ...batch, events: batch.events as EventInput[] })
          },
          async lock(_name, work) {
            await work()
            return true
          },
          random: () => 0.5,
        }),
    })
    element.onload?.(new Event('load'))
  })
})
afterEach(() => vi.restoreAllMocks())

test('tracks the page view and takes the calls that were made before it loaded', async () => {
  page.tallymark = [['track', 'save', { entity: { type: 'project', id: 1 } }]]
  const tracker = await load()
  tracker.push(['trackView', { type: 'project', id: 1 }])
  tracker.track('share')
  await tracker.flush()
  expect(sent.map(({ eventType }) => eventType)).toEqual(['save', 'page_view', 'view', 'share'])
  expect(urls[0]).toBe(`https://collect.example.com/stats/v1/batch?key=tm_pub_script_${keys}`)
})

test('a page that comes back out of the back/forward cache is a view', async () => {
  const tracker = await load()
  const show = (persisted: boolean) => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
  show(false)
  show(true)
  await tracker.flush()
  expect(sent.map(({ eventType }) => eventType)).toEqual(['page_view', 'page_view'])
})

test('loads its second file from beside itself, with its nonce, and only once', async () => {
  const tracker = await load()
  await tracker.flush()
  tracker.track('save')
  await tracker.flush()
  expect(appended.map(({ src, nonce }) => [src, nonce])).toEqual([
    ['https://collect.example.com/stats/tallymark-delivery.js', 'n0nce'],
  ])
})

test('makes the URL of its second file a trusted one, with a policy that it makes once, also when it has to load it again', async () => {
  const createScriptURL = vi.fn((url: string) => `${url}?trusted`)
  const createPolicy = vi.fn((_name: string) => ({ createScriptURL }))
  Object.assign(window, { trustedTypes: { createPolicy } })
  vi.mocked(document.head.append).mockImplementationOnce((...nodes) => {
    const element = nodes[0] as HTMLScriptElement
    appended.push(element)
    element.onerror?.('not there')
  })
  const tracker = await load()
  await tracker.flush()
  expect(sent).toEqual([])
  await tracker.flush()
  expect(sent.map(({ eventType }) => eventType)).toEqual(['page_view'])
  const url = 'https://collect.example.com/stats/tallymark-delivery.js?trusted'
  expect(appended.map(({ src }) => src)).toEqual([url, url])
  expect(createPolicy.mock.calls.map(([name]) => name)).toEqual(['tallymark'])
  Reflect.deleteProperty(window, 'trustedTypes')
})

test('data-auto="off" leaves the page view out, data-endpoint sends elsewhere', async () => {
  const tracker = await load({ auto: 'off', endpoint: 'https://other.example' })
  tracker.track('save')
  await tracker.flush()
  expect(sent.map(({ eventType }) => eventType)).toEqual(['save'])
  expect(urls[0]).toMatch(/^https:\/\/other\.example\/v1\/batch/)
})

test('a second script on the page changes nothing', async () => {
  const tracker = await load()
  expect(await load()).toBe(tracker)
  await tracker.flush()
})

test('a call of something that does not exist disturbs nothing', async () => {
  page.tallymark = [
    ['trak', 'save'],
    ['track', 'save'],
  ]
  const tracker = await load({ auto: 'off' })
  await tracker.flush()
  expect(sent.map(({ eventType }) => eventType)).toEqual(['save'])
})
