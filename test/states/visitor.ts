import { gunzipSync } from 'node:zlib'
import type { Tracker, TrackerOptions } from '@tallymark/sdk'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { TestContext } from 'vitest'
import { type Collector, type StoredEvent, writeKey } from '../delivery/collector.ts'
import { type FaultProxy, startFaultProxy } from '../delivery/fault-proxy.ts'
import { type PageSettings, type Site, startSite } from './site.ts'

/** What the pages of the site have. */
declare global {
  const sdk: typeof import('@tallymark/sdk')
  const tracker: Tracker
  const dropped: [eventType: string, reason: string][]
  const flushed: { status: number }[]
  /** Whatever asked the browser to keep something. */
  const writes: string[]
  const assignVariant: typeof import('@tallymark/sdk/experiments').assignVariant
  function openTracker(options: TrackerOptions): Tracker
}

export interface VisitorOptions extends PageSettings {
  /** Runs in each page before any of its scripts. */
  before?: () => void
  context?: BrowserContextOptions
}

/** A person with a browser profile of their own, a site to visit, and the collector behind a proxy of their own. */
export interface Visitor {
  context: BrowserContext
  site: Site
  proxy: FaultProxy
  /** Opens a page in a tab of its own. Without options it has no tracker. */
  open(options?: Partial<TrackerOptions>, url?: string): Promise<Page>
  /** Leaves a page for one that does not track, and waits until what it sent on its way out has come through. */
  leave(page: Page): Promise<void>
  /** The address of a page that has a tracker with these options. */
  address(options?: Partial<TrackerOptions>, url?: string): string
  /** What the pages said on the console, threw or had forbidden. Whatever is still in it at the end fails the test. */
  complaints: string[]
  /** The events that were sent and are stored, in their order. */
  stored(): StoredEvent[]
  storedTypes(): string[]
  /** What the browser keeps for the site. */
  kept(page: Page): Promise<Kept>
}

export interface Kept {
  local: string[]
  session: string[]
  databases: (string | undefined)[]
  cookies: string[]
  caches: string[]
}

/** What the browser says itself when there is nobody to connect to. */
const noConnection = /^Failed to load resource: net::/

export const nothingKept: Kept = { local: [], session: [], databases: [], cookies: [], caches: [] }

/** @param test during which the visitor is there */
export async function newVisitor(
  { onTestFinished, expect }: TestContext,
  browser: Browser,
  collector: Collector,
  { before, context: contextOptions, ...settings }: VisitorOptions = {},
): Promise<Visitor> {
  const proxy = await startFaultProxy(collector.url)
  const site = await startSite(proxy.url, settings)
  const context = await browser.newContext(contextOptions)
  const complaints: string[] = []
  onTestFinished(async () => {
    await context.close()
    await site.shut()
    await proxy.shut()
    expect(complaints).toEqual([])
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    const text = message.text()
    if (['error', 'warning'].includes(message.type()) && !noConnection.test(text)) complaints.push(text)
  })
  await context.addInitScript(watchWrites)
  if (before) await context.addInitScript(before)

  const address: Visitor['address'] = (options, url = '/') => {
    const page = new URL(url, site.url)
    const given = JSON.stringify({ endpoint: proxy.url, writeKey, ...options })
    if (options) page.searchParams.set('options', given)
    return page.href
  }
  const stored = () => [...new Set(proxy.requests.flatMap(idsIn))].flatMap((id) => collector.find(id) ?? [])
  return {
    context,
    site,
    proxy,
    complaints,
    address,
    async open(options, url) {
      const page = await context.newPage()
      await page.goto(address(options, url))
      return page
    },
    async leave(page) {
      await page.goto(`${site.url}/elsewhere`)
      await page.evaluate((url) => fetch(`${url}/healthz`, { mode: 'no-cors' }), proxy.url)
    },
    stored,
    storedTypes: () => stored().map(({ eventType }) => eventType),
    async kept(page) {
      const cookies = await context.cookies()
      const others = await page.evaluate(async () => ({
        local: Object.keys(localStorage).sort(),
        session: Object.keys(sessionStorage).sort(),
        databases: (await indexedDB.databases()).map(({ name }) => name),
        caches: await caches.keys(),
      }))
      return { ...others, cookies: cookies.map(({ name }) => name) }
    },
  }
}

function idsIn({ method, body }: FaultProxy['requests'][number]): string[] {
  if (method !== 'POST') return []
  const text = body[0] === 0x1f ? gunzipSync(body) : body
  const { events }: { events: { idempotencyKey: string }[] } = JSON.parse(String(text))
  return events.map(({ idempotencyKey }) => idempotencyKey)
}

/** Notes each attempt to make the browser keep something, also one that is undone at once. */
function watchWrites(): void {
  const seen: string[] = []
  Object.assign(window, { writes: seen })
  const watch = (owner: object, name: string) => {
    const method = Reflect.get(owner, name)
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...given: unknown[]) {
        seen.push(`${name} ${given[0]}`)
        return Reflect.apply(method, this, given)
      },
    })
  }
  watch(Storage.prototype, 'setItem')
  watch(IDBFactory.prototype, 'open')
  // There are none in a tab before its first page.
  if ('CacheStorage' in window) watch(CacheStorage.prototype, 'open')
  const { get, set } = { ...Object.getOwnPropertyDescriptor(Document.prototype, 'cookie') }
  Object.defineProperty(Document.prototype, 'cookie', {
    configurable: true,
    get,
    set(this: Document, text: string) {
      seen.push(`cookie ${text}`)
      set?.call(this, text)
    },
  })
}
