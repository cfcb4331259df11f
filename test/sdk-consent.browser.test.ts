/** What a page may do in each state of consent, and what it keeps in a real browser: nothing, where it has to be nothing. */
import type { Consent } from '@tallymark/sdk'
import { type Browser, chromium, type Page } from 'playwright-core'
import puppeteer from 'puppeteer-core'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { browserArgs, findBrowser } from '../scripts/browser.ts'
import { launchChromium } from './delivery/chromium.ts'
import { type Collector, startCollector, writeKey } from './delivery/collector.ts'
import { startFaultProxy } from './delivery/fault-proxy.ts'
import { startSite } from './states/site.ts'
import { newVisitor, nothingKept, type VisitorOptions } from './states/visitor.ts'
import { signUserToken } from './support/user-token.ts'

const secret = 'the secret of the consent tests, long enough'
let collector: Collector
let browser: Browser

beforeAll(async () => {
  collector = await startCollector(['--user-token-secret', secret])
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await collector?.stop()
})

const visit = (test: TestContext, options?: VisitorOptions) => newVisitor(test, browser, collector, options)
const ann = (consent: Consent) => ({ consent, userToken: signUserToken(secret, 'ann') })
const optedOut = { ...nothingKept, local: ['tallymark.opt_out'] }
/** Whoever goes on may have a queue again. */
const nothingButAQueue = ({ expect }: TestContext) => ({ ...nothingKept, databases: expect.any(Array) })
const patience = { timeout: 10_000 }

/** Until tabs know what earlier pages left, which is what another tab records before that, too, and would be sent. */
const lookedAround = (...tabs: Page[]) => Promise.all(tabs.map((tab) => tab.evaluate(() => tracker.flush())))

/** Everything that a page can do with a tracker, and then the sign that it is leaving. */
async function doEverything({ consent, userToken }: { consent: Consent; userToken: string }): Promise<void> {
  for (let n = 0; n < 30; n++) tracker.track('save', { entity: { type: 'project', id: n } })
  tracker.trackView({ type: 'project', id: 1 }, { surface: 'explore' })
  tracker.track('rating', { entity: { type: 'project', id: 1 } })
  while (tracker.consent !== consent) await new Promise((resolve) => setTimeout(resolve))
  assignVariant(tracker, 'button', ['plain', 'bold'])
  tracker.startNewSession()
  tracker.getSessionMetrics()
  await tracker.flush()
  tracker.identify(userToken)
  tracker.track('like', { entity: { type: 'project', id: 1 } })
  await tracker.flush()
  tracker.reset()
  tracker.trackClick({ type: 'project', id: 1 })
  await tracker.flush()
  dispatchEvent(new Event('pagehide'))
  dispatchEvent(new Event('online'))
  await tracker.flush()
}

describe('a page', { concurrent: true }, () => {
  it.for<Consent>(['pending', 'denied'])(
    'neither keeps nor sends anything while the consent is %s',
    async (consent, test) => {
      const visitor = await visit(test)
      const page = await visitor.open({ consent, debounce: { rating: 1 }, flushIntervalMs: 1 })
      await page.evaluate(doEverything, ann(consent))
      test
        .expect(await page.evaluate(() => [tracker.consent, tracker.anonymousId, tracker.session, writes]))
        .toEqual([consent, undefined, undefined, []])
      await visitor.leave(page)
      test.expect(await visitor.kept(page)).toEqual(nothingKept)
      test.expect(visitor.proxy.requests).toEqual([])
    },
  )

  it.for([
    ['as browsers are', () => {}],
    ['on an insecure origin', () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })],
  ] as const)('without cookies sends everything and keeps nothing, %s', async ([, before], test) => {
    const visitor = await visit(test, { before })
    const page = await visitor.open({ consent: 'cookieless', debounce: { rating: 1 }, flushIntervalMs: 1 })
    await page.evaluate(doEverything, ann('cookieless'))
    test
      .expect(await page.evaluate(() => [tracker.consent, tracker.anonymousId, writes]))
      .toEqual(['cookieless', undefined, []])
    await visitor.leave(page)
    test.expect(await visitor.kept(page)).toEqual(nothingKept)
    const stored = visitor.stored()
    test.expect(stored.map(({ eventType }) => eventType)).toHaveLength(34)
    test
      .expect(new Set(stored.map(({ anonymousId, context }) => `${anonymousId} ${context.consent}`)))
      .toEqual(new Set(['null cookieless']))
    test.expect(stored.filter(({ actorId }) => actorId === 'ann').map(({ eventType }) => eventType)).toEqual(['like'])
  })

  it('without cookies knows nobody again', async (test) => {
    const visitor = await visit(test)
    for (const url of ['/one', '/two']) {
      const page = await visitor.open({ consent: 'cookieless' }, url)
      await page.evaluate(async () => {
        tracker.track('a')
        tracker.track('b')
        await tracker.flush()
      })
    }
    const sessions = visitor.stored().map(({ sessionId, context }) => [context.path, sessionId])
    test.expect(new Set(sessions.map(String)).size).toBe(2)
    test.expect(sessions).toHaveLength(4)
  })

  it('keeps an id, the session and what waits, when it may', async (test) => {
    const visitor = await visit(test)
    for (const url of ['/one', '/two']) {
      const page = await visitor.open({ consent: 'granted' }, url)
      await page.evaluate(async () => {
        tracker.track('a')
        await tracker.flush()
      })
      test.expect(await visitor.kept(page)).toEqual({
        ...nothingKept,
        local: ['tallymark.anonymous_id', 'tallymark.session'],
        databases: [test.expect.stringMatching(/^tallymark http/)],
      })
    }
    const [one, two] = visitor.stored()
    test.expect(one?.anonymousId).toMatch(/^\w{32}$/)
    test.expect(two).toMatchObject({ anonymousId: one?.anonymousId, sessionId: one?.sessionId })
    test.expect(two?.context).toMatchObject({ path: '/two', consent: 'granted' })
  })

  it('that never asked does not claim that anybody agreed', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open({})
    await page.evaluate(async () => {
      tracker.track('a')
      await tracker.flush()
    })
    const [event] = visitor.stored()
    test.expect(event?.anonymousId).toMatch(/^\w{32}$/)
    test.expect(event?.context).not.toHaveProperty('consent')
  })
})

describe('a choice', { concurrent: true }, () => {
  it.for([
    ['granted', ['a', 'b']],
    ['cookieless', ['a', 'b']],
    ['denied', []],
  ] as const)('that was open and is %s decides about what was held', async ([choice, sent], test) => {
    const visitor = await visit(test)
    const page = await visitor.open({ consent: 'pending' }, '/first')
    const madeAtMs = await page.evaluate(() => {
      tracker.track('a')
      history.replaceState(null, '', '/second')
      tracker.track('b')
      return Date.now()
    })
    await page.evaluate(async (chosen) => {
      tracker.setConsent(chosen)
      while (tracker.consent !== chosen) await new Promise((resolve) => setTimeout(resolve))
      await tracker.flush()
    }, choice)
    await visitor.leave(page)
    test.expect(visitor.storedTypes()).toEqual(sent)
    for (const { occurredAt, context, anonymousId } of visitor.stored()) {
      test.expect(Math.abs(occurredAt - madeAtMs)).toBeLessThan(1_000)
      test.expect(context.consent).toBe(choice)
      test.expect(anonymousId !== null).toBe(choice === 'granted')
    }
    test.expect(visitor.stored().map(({ context }) => context.path)).toEqual(sent.length ? ['/first', '/second'] : [])
    if (choice !== 'granted') test.expect(await visitor.kept(page)).toEqual(nothingKept)
  })

  it.for(['denied', 'cookieless'] as const)(
    'taken back to %s removes what is kept, and what waits is never sent',
    async (choice, test) => {
      const visitor = await visit(test)
      await visitor.proxy.shut()
      const page = await visitor.open({ consent: 'granted' })
      await page.evaluate(async (chosen) => {
        for (let n = 0; n < 30; n++) tracker.track('waiting')
        await tracker.flush()
        assignVariant(tracker, 'button', ['plain', 'bold'])
        tracker.setConsent(chosen)
        while (tracker.consent !== chosen) await new Promise((resolve) => setTimeout(resolve))
      }, choice)
      await visitor.proxy.open()
      await page.evaluate(async () => {
        tracker.track('afterwards')
        await tracker.flush()
      })
      test.expect(await page.evaluate(() => tracker.drops)).toEqual({ no_consent: choice === 'denied' ? 32 : 31 })
      await visitor.leave(page)
      test.expect(visitor.storedTypes()).toEqual(choice === 'denied' ? [] : ['afterwards'])
      test.expect(await visitor.kept(page)).toEqual(nothingKept)
    },
  )
})

describe('a browser that sends', { concurrent: true }, () => {
  const globalPrivacyControl = () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })
  const doNotTrack = () => Object.defineProperty(Navigator.prototype, 'doNotTrack', { value: '1' })

  it.for([
    ['Global Privacy Control is cookieless', globalPrivacyControl, {}, 'cookieless'],
    ['it to a page with a consent is cookieless', globalPrivacyControl, { consent: 'granted' }, 'cookieless'],
    [
      'it to a page that takes it for a no is denied',
      globalPrivacyControl,
      { globalPrivacyControl: 'denied' },
      'denied',
    ],
    ['it to a page that ignores it is granted', globalPrivacyControl, { globalPrivacyControl: 'granted' }, 'granted'],
    ['Do Not Track is granted', doNotTrack, {}, 'granted'],
    ['Do Not Track to a page that honours it is cookieless', doNotTrack, { doNotTrack: 'cookieless' }, 'cookieless'],
  ] as const)('%s', async ([, before, options, consent], test) => {
    const visitor = await visit(test, { before })
    const page = await visitor.open(options)
    await page.evaluate(async (expected) => {
      tracker.track('a')
      while (tracker.consent !== expected) await new Promise((resolve) => setTimeout(resolve))
      await tracker.flush()
    }, consent)
    await visitor.leave(page)
    test.expect(visitor.storedTypes()).toEqual(consent === 'denied' ? [] : ['a'])
    if (consent !== 'granted') test.expect(await visitor.kept(page)).toEqual(nothingKept)
  })

  it('Global Privacy Control is overruled by what the visitor chooses here', async (test) => {
    const visitor = await visit(test, { before: globalPrivacyControl })
    const page = await visitor.open({})
    await page.evaluate(async () => {
      tracker.setConsent('granted')
      tracker.track('a')
      while (tracker.consent !== 'granted') await new Promise((resolve) => setTimeout(resolve))
      await tracker.flush()
    })
    test.expect(visitor.stored()).toMatchObject([{ context: { consent: 'granted' } }])
  })
})

describe('an opt-out', { concurrent: true }, () => {
  it('is all that is kept, outlives the page and beats every choice, until it is taken back', async (test) => {
    const visitor = await visit(test)
    const first = await visitor.open({})
    await first.evaluate(() => {
      tracker.track('never_sent')
      assignVariant(tracker, 'button', ['plain', 'bold'])
      tracker.optOut()
    })
    await test.expect.poll(() => first.evaluate(() => tracker.consent), patience).toBe('denied')
    await visitor.leave(first)
    test.expect(await visitor.kept(first)).toEqual(optedOut)

    const next = await visitor.open({ consent: 'granted' })
    await next.evaluate(doEverything, ann('denied'))
    const beaten = await next.evaluate(async () => {
      tracker.setConsent('granted')
      while (tracker.consent === 'pending') await new Promise((resolve) => setTimeout(resolve))
      return [tracker.consent, writes]
    })
    test.expect(beaten).toEqual(['denied', []])
    test.expect(visitor.proxy.requests).toEqual([])

    await next.evaluate(async () => {
      tracker.optIn()
      tracker.track('again')
      while (tracker.consent !== 'granted') await new Promise((resolve) => setTimeout(resolve))
      await tracker.flush()
    })
    test.expect(visitor.storedTypes()).toEqual(['again'])
  })

  it('in one tab holds in the others, for what waits there, too', async (test) => {
    const visitor = await visit(test)
    const [one, other] = await Promise.all([visitor.open({}), visitor.open({})])
    await lookedAround(one, other)
    await other.evaluate(() => tracker.track('waiting'))
    await one.evaluate(async () => {
      tracker.optOut()
      while (tracker.consent !== 'denied') await new Promise((resolve) => setTimeout(resolve))
    })
    await other.evaluate(() => tracker.track('afterwards'))
    await test.expect.poll(() => other.evaluate(() => tracker.consent), patience).toBe('denied')
    await visitor.leave(other)
    test.expect(visitor.proxy.requests).toEqual([])
    test.expect(await visitor.kept(one)).toEqual(optedOut)
  })
})

describe('forgetMe', { concurrent: true }, () => {
  it('removes what is kept and what waits, and whoever goes on is somebody new, in all tabs', async (test) => {
    const visitor = await visit(test)
    await visitor.context.clock.install()
    const one = await visitor.open({ flushIntervalMs: 60_000 }, '/?utm_campaign=spring')
    const other = await visitor.open({ flushIntervalMs: 60_000 })
    await lookedAround(one, other)
    const before = await one.evaluate(() => {
      tracker.track('forgotten')
      assignVariant(tracker, 'button', ['plain', 'bold'])
      return [tracker.anonymousId, tracker.session?.id]
    })
    await other.evaluate(() => tracker.track('forgotten_too'))
    test.expect(await one.evaluate(() => tracker.forgetMe())).toBe(true)
    test.expect(await visitor.kept(one)).toEqual(nothingButAQueue(test))
    // For a second a tab trusts its memory.
    await other.clock.fastForward(2_000)
    const after = await other.evaluate(async () => {
      tracker.track('somebody_new')
      await tracker.flush()
      return [tracker.anonymousId, tracker.session?.id]
    })
    await visitor.leave(one)
    test.expect(visitor.storedTypes()).toEqual(['somebody_new'])
    const [event] = visitor.stored()
    for (const id of before) test.expect(after).not.toContain(id)
    test.expect(event?.attribution.utmCampaign).toBe(undefined)
    test.expect(await other.evaluate(() => tracker.session)).toMatchObject({ index: 1, first: {} })
  })

  it('is done when what was kept is gone, however long other tabs hold on to it', async (test) => {
    const before = () => {
      const { deleteDatabase } = IDBFactory.prototype
      const slowly = function (this: IDBFactory, name: string) {
        const request: Partial<IDBOpenDBRequest> = {}
        setTimeout(() => {
          deleteDatabase.call(this, name).onsuccess = () => {
            document.title = 'gone'
            request.onsuccess?.call(request as IDBOpenDBRequest, new Event('success'))
          }
        }, 1_200)
        return request
      }
      Object.assign(IDBFactory.prototype, { deleteDatabase: slowly })
    }
    const visitor = await visit(test, { before })
    const page = await visitor.open({ flushIntervalMs: 60_000 })
    const told = await page.evaluate(async () => {
      tracker.track('forgotten')
      const done = await tracker.forgetMe()
      return [done, document.title]
    })
    test.expect(told).toEqual([true, 'gone'])
    await visitor.leave(page)
    test.expect(visitor.storedTypes()).toEqual([])
  })

  it.for([
    [204, true],
    [503, false],
  ] as const)('of a user who is signed in asks the collector, which answers %i', async ([status, isDone], test) => {
    const visitor = await visit(test)
    const asked: [string, string, string | undefined][] = []
    await visitor.context.route('**/v1/users/**', async (route) => {
      const { pathname } = new URL(route.request().url())
      asked.push([route.request().method(), pathname, route.request().headers()['x-user-token']])
      await route.fulfill({ status, headers: { 'Access-Control-Allow-Origin': '*' } })
    })
    const page = await visitor.open({})
    const userToken = signUserToken(secret, 'änn')
    const answer = await page.evaluate((token) => {
      tracker.identify(token)
      tracker.track('a')
      return tracker.forgetMe()
    }, userToken)
    test.expect(answer).toBe(isDone)
    test.expect(asked).toEqual([['DELETE', '/v1/users/%C3%A4nn', userToken]])
    test.expect(await visitor.kept(page)).toEqual(nothingButAQueue(test))
    test
      .expect(visitor.complaints.splice(0).filter((line) => line.startsWith('tallymark')))
      .toEqual(isDone ? [] : ['tallymark: forgetMe(): the collector did not erase the user (status 503)'])
    await page.evaluate(async () => {
      tracker.track('after')
      await tracker.flush()
    })
    test.expect(visitor.stored()).toMatchObject([{ eventType: 'after', actorId: null }])
  })
})

describe('a prerendered page', () => {
  it('keeps and sends nothing before somebody sees it', async (test) => {
    const proxy = await startFaultProxy(collector.url)
    const site = await startSite(proxy.url)
    // Whatever Playwright drives is never prerendered.
    const prerendering = await puppeteer.launch({ executablePath: findBrowser(), headless: true, args: browserArgs() })
    test.onTestFinished(async () => {
      await prerendering.close()
      await site.shut()
      await proxy.shut()
    })
    const options = JSON.stringify({ endpoint: proxy.url, writeKey, flushIntervalMs: 1 })
    const next = `/next?track=page_view&options=${encodeURIComponent(options)}`
    const rules = { prerender: [{ urls: [next], eagerness: 'immediate' }] }
    site.policy = site.policy
      .replace("script-src 'self'", "$& 'inline-speculation-rules'")
      .replace('connect-src', "$& 'self'")
    site.settings.html = `<script type="speculationrules">${JSON.stringify(rules)}</script><a href="${next}">Next</a>`

    const page = await prerendering.newPage()
    await page.goto(site.url)
    await test.expect.poll(() => site.asked, patience).toContain('/prerendered')
    // Whatever the prerendered page may do comes before this is answered.
    await page.evaluate(() => fetch('/'))
    test
      .expect(await page.evaluate(async () => [Object.keys(localStorage), await indexedDB.databases()]))
      .toEqual([[], []])
    test.expect(proxy.requests).toEqual([])

    await Promise.all([page.waitForNavigation(), page.click('a')])
    await test.expect.poll(() => proxy.requests.length, patience).toBe(1)
    test.expect(await page.evaluate(() => [tracker.consent, tracker.counts.queued])).toEqual(['granted', 1])
    const activatedAtMs = await page.evaluate(
      () => performance.getEntriesByType('navigation').at(0)?.toJSON().activationStart,
    )
    test.expect(activatedAtMs).toBeGreaterThan(0)
  })
})

describe('a browser that a program drives', () => {
  it('does not record, and says so once', async (test) => {
    const args = browserArgs().filter((arg) => !/AutomationControlled|user-agent/.test(arg))
    const driven = await chromium.launch({ executablePath: findBrowser(), args })
    test.onTestFinished(() => driven.close())
    const visitor = await newVisitor(test, driven, collector)
    const page = await visitor.open({ consent: 'granted', flushIntervalMs: 1 })
    await page.evaluate(doEverything, ann('denied'))
    test.expect(await page.evaluate(() => [navigator.webdriver, tracker.consent, writes])).toEqual([true, 'denied', []])
    test
      .expect(visitor.complaints.splice(0))
      .toEqual(["tallymark: a program drives this browser: nothing is tracked without the option 'trackBots'"])
    await visitor.leave(page)
    test.expect(await visitor.kept(page)).toEqual(nothingKept)
    test.expect(visitor.proxy.requests).toEqual([])

    const tested = await visitor.open({ trackBots: true })
    await tested.evaluate(async () => {
      tracker.track('a')
      await tracker.flush()
    })
    test.expect(visitor.storedTypes()).toEqual(['a'])
  })
})
