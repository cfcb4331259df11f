import { gunzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { launchChromium, startChromium } from './delivery/chromium.ts'
import { type Collector, startCollector, writeKey } from './delivery/collector.ts'
import { type FaultProxy, startFaultProxy } from './delivery/fault-proxy.ts'
import { type Site, startSite } from './delivery/site.ts'
import { testDelivery } from './delivery/suite.ts'

testDelivery('Chromium', { start: startChromium, closingDelivers: true, concurrent: true, timed: false })

describe('a page in Chromium', { concurrent: true, timeout: 60_000 }, () => {
  let collector: Collector
  let browser: Browser

  beforeAll(async () => {
    collector = await startCollector()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await collector?.stop()
  })

  interface OpenPage {
    page: Page
    site: Site
    proxy: FaultProxy
    /** What the page complained about in the console, and what it threw. */
    complaints: string[]
  }

  /**
   * @param test during which the page is there: the hook that Vitest exports does not know one concurrent test from another
   * @param before runs in the page before any of its scripts
   */
  async function openPage({ onTestFinished }: TestContext, before: () => void = () => {}): Promise<OpenPage> {
    const proxy = await startFaultProxy(collector.url)
    const site = await startSite(proxy.url, writeKey)
    const context = await browser.newContext()
    onTestFinished(async () => {
      await context.close()
      await site.shut()
      await proxy.shut()
    })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    await page.addInitScript(before)
    await page.goto(site.page)
    return { page, site, proxy, complaints }
  }

  /** What a page needs to look into the queue's database. */
  const storeInPage = `
    const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result) })
    async function storeOf(mode) {
      const [{ name }] = await indexedDB.databases()
      return (await settled(indexedDB.open(name))).transaction('events', mode).objectStore('events')
    }
    const countStored = async () => settled((await storeOf('readonly')).count())`

  const stored = (eventType: string) => collector.stored(eventType).sort((a, b) => a - b)
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

  it('takes at most 80 bytes an event on the wire, in a batch of ten, and no preflight', async (test) => {
    const { expect: check } = test
    const { page, proxy } = await openPage(test)
    await page.evaluate(`(() => {
      const surfaces = ['explore', 'explore_trending', 'search', 'profile']
      for (let n = 0; n < 10; n++) {
        tallymark.track(n % 4 ? 'impression' : 'click', {
          entity: { type: 'project', id: 1000 + n * 37 },
          surface: surfaces[n % 4],
          position: n,
          props: { n, layout: 'grid' },
        })
      }
      return tallymark.flush()
    })()`)
    check(proxy.requests.map(({ method }) => method)).toEqual(['POST'])
    const body = proxy.requests[0]?.body ?? Buffer.alloc(0)
    const { events } = JSON.parse(gunzipSync(body).toString())
    check(events).toHaveLength(10)
    console.log(`${body.length / 10} bytes an event, ${gunzipSync(body).length / 10} before compression`)
    check(body.length / 10).toBeLessThanOrEqual(80)
  })

  it('goes on where it was when it comes back from the back/forward cache', async (test) => {
    const { expect: check } = test
    const { page, site } = await openPage(test)
    await page.evaluate("addEventListener('pageshow', ({ persisted }) => persisted && trackMany('after_cache', 25))")
    await page.evaluate("trackMany('before_cache', 3)")
    await page.evaluate((away) => location.assign(away), site.thereAndBack)
    await check.poll(() => stored('after_cache'), { timeout: 10_000 }).toEqual(numbers(25))
    check(stored('before_cache')).toEqual(numbers(3))
  })

  it.for([
    {
      state: 'IndexedDB hangs',
      eventType: 'hanging',
      before: () => {
        IDBFactory.prototype.open = () => ({}) as IDBOpenDBRequest
      },
    },
    {
      state: 'IndexedDB is denied',
      eventType: 'denied',
      before: () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('denied', 'SecurityError')
        }
      },
    },
    {
      state: 'a transaction never ends',
      eventType: 'endless',
      before: () => {
        IDBObjectStore.prototype.put = () => ({}) as IDBRequest<IDBValidKey>
        IDBObjectStore.prototype.count = () => ({}) as IDBRequest<number>
      },
    },
    {
      state: 'the disk is full',
      eventType: 'full',
      before: () => {
        const full = () => {
          throw new DOMException('full', 'QuotaExceededError')
        }
        IDBObjectStore.prototype.put = full
        Storage.prototype.setItem = full
      },
    },
    {
      state: 'all storage is denied',
      eventType: 'nothing_stored',
      before: () => {
        const denied = {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        }
        Object.defineProperty(window, 'localStorage', denied)
        Object.defineProperty(window, 'indexedDB', denied)
        Object.defineProperty(Navigator.prototype, 'locks', denied)
      },
    },
  ])('delivers, and complains about nothing, when $state', async ({ eventType, before }, test) => {
    const { expect: check } = test
    const { page, complaints } = await openPage(test, before)
    await page.evaluate(`trackMany('${eventType}', 120)`)
    await check.poll(() => stored(eventType), { timeout: 30_000 }).toEqual(numbers(120))
    check(complaints).toEqual([])
  })

  it('comes again for what lies in a database that another tab keeps busy', async (test) => {
    const { expect: check } = test
    const { page, site, proxy } = await openPage(test)
    const otherTab = await page.context().newPage()
    await otherTab.goto(site.elsewhere)
    await otherTab.addScriptTag({ content: storeInPage })
    await proxy.shut()
    await page.evaluate("trackMany('kept_busy', 30)")
    // With the record of their size.
    await check.poll(() => otherTab.evaluate('countStored()'), { timeout: 5_000 }).toBe(31)
    await page.goto(site.elsewhere)
    await proxy.open()
    await otherTab.evaluate(`storeOf('readwrite').then((store) => new Promise((begun) => {
      const endMs = performance.now() + 3_000
      const goOn = () => {
        begun()
        if (performance.now() < endMs) store.count().onsuccess = goOn
      }
      store.count().onsuccess = goOn
    }))`)
    await page.goto(site.page)
    await check.poll(() => stored('kept_busy'), { timeout: 25_000 }).toEqual(numbers(30))
  })

  it('takes events from page to page while nothing can be stored but what it spills', async (test) => {
    const { expect: check } = test
    const { page, site, proxy } = await openPage(test, () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('denied', 'SecurityError')
      }
    })
    await proxy.shut()
    await page.evaluate("trackMany('spilled', 40)")
    await page.goto(site.page)
    await page.evaluate("trackMany('spilled', 40, { first: 40 })")
    await page.goto(site.elsewhere)
    await proxy.open()
    await page.goto(site.page)
    await check.poll(() => stored('spilled'), { timeout: 10_000 }).toEqual(numbers(80))
    const spilled = () => page.evaluate('Object.keys(localStorage).filter((key) => / spill /.test(key))')
    await check.poll(spilled, { timeout: 5_000 }).toEqual([])
  })

  // By itself, and each write before the next: a database that takes longer than a second for what is written at once is
  // left for the memory, with a bound of its own.
  it('keeps at most 10 000 events, the newest', { concurrent: false }, async (test) => {
    const { expect: check } = test
    const { page, proxy } = await openPage(test)
    await page.addScriptTag({ content: storeInPage })
    await proxy.shut()
    for (let first = 0; first < 10_400; first += 800) {
      // Small ones: the bound of bytes comes after that of events.
      await page.evaluate(
        `for (let n = ${first}; n < ${first} + 800; n++) tallymark.track('too_many', { props: { n } })`,
      )
      const kept = Math.min(first + 800, 10_000)
      await check.poll(() => page.evaluate('countStored()'), { timeout: 10_000 }).toBeGreaterThan(kept)
    }
    await check.poll(() => page.evaluate('tallymark.drops.queue_full'), { timeout: 20_000 }).toBe(400)
    await proxy.open()
    await check.poll(() => stored('too_many').length, { timeout: 25_000 }).toBe(10_000)
    check(stored('too_many')).toEqual(numbers(10_400).slice(400))
  })
})
