/** Who it was, in which session, and how they came: as the collector's database has it, from a real browser. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { launchChromium } from './delivery/chromium.ts'
import { type Collector, startCollector } from './delivery/collector.ts'
import { newVisitor } from './states/visitor.ts'
import { signUserToken } from './support/user-token.ts'

const secret = 'the secret of the identity tests, long enough'
const minuteMs = 60_000
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

const visit = (test: TestContext) => newVisitor(test, browser, collector)

/** Tracks an event, delivers it, and tells in which session it was. */
const track = (page: Page, eventType: string) =>
  page.evaluate(async (type) => {
    tracker.track(type)
    await tracker.flush()
    return { ...tracker.session, anonymousId: tracker.anonymousId }
  }, eventType)

describe('a session', { concurrent: true }, () => {
  it('is one for the tabs and pages of a visitor, and another for somebody else', async (test) => {
    const visitor = await visit(test)
    const [one, other] = await Promise.all([visitor.open({}, '/one'), visitor.open({}, '/other')])
    const first = await track(one, 'a')
    await track(other, 'b')
    await other.goto(visitor.address({}, '/next'))
    const last = await track(other, 'c')
    test.expect([first.index, last.index, last.id]).toEqual([1, 1, first.id])
    test.expect(new Set(visitor.stored().map(({ sessionId }) => sessionId))).toEqual(new Set([plain(first.id)]))

    const stranger = await visit(test)
    const theirs = await track(await stranger.open({}), 'a')
    test.expect(theirs.id).not.toBe(first.id)
    test.expect(theirs.anonymousId).not.toBe(first.anonymousId)
  })

  it('counts what all tabs did, live', async (test) => {
    const visitor = await visit(test)
    const [one, other] = await Promise.all([visitor.open({}), visitor.open({})])
    await one.evaluate(() => {
      tracker.track('page_view')
      tracker.track('save', { entity: { type: 'project', id: 1 } })
      tracker.track('impression', { entity: { type: 'project', id: 2 } })
    })
    await visitor.leave(one)
    await track(other, 'c')
    test.expect(await other.evaluate(() => tracker.getSessionMetrics())).toMatchObject({
      interactionCount: 3,
      engagementScore: 3,
      pageViews: 1,
      bounceRate: 0,
    })
  })

  it.for([
    ['half an hour', {}, 31 * minuteMs, 29 * minuteMs],
    ['as long as the page says', { sessionTimeoutMs: 10 * minuteMs }, 11 * minuteMs, 9 * minuteMs],
  ] as const)('ends after %s without an event', async ([, options, tooLongMs, notTooLongMs], test) => {
    const visitor = await visit(test)
    await visitor.context.clock.install()
    const page = await visitor.open({ ...options, sessionStartEvent: 'session_start' })
    const first = await track(page, 'a')
    await page.clock.fastForward(notTooLongMs)
    test.expect((await track(page, 'b')).id).toBe(first.id)
    await page.clock.fastForward(tooLongMs)
    const second = await track(page, 'c')
    test.expect(second).toMatchObject({ index: 2, previousId: first.id, anonymousId: first.anonymousId })
    const starts = visitor.stored().filter(({ eventType }) => eventType === 'session_start')
    test.expect(starts.map(({ sessionId, props }) => [sessionId, props])).toEqual([
      [plain(first.id), { index: 1 }],
      [plain(second.id), { index: 2, previousSessionId: first.id }],
    ])
  })

  it.for([
    [true, 2],
    [false, 1],
  ] as const)('ends at midnight where the page says so: %s', async ([newSessionAtMidnight, index], test) => {
    const visitor = await visit(test)
    const midnightMs = new Date().setHours(24, 0, 0, 0)
    await visitor.context.clock.install({ time: midnightMs - 20_000 })
    const page = await visitor.open({ newSessionAtMidnight })
    await track(page, 'a')
    await page.clock.fastForward(minuteMs)
    test.expect(await track(page, 'b')).toMatchObject({ index })
  })

  it('ends on arrival from another campaign, and keeps the first touch beside its own', async (test) => {
    const visitor = await visit(test)
    await visitor.context.route('https://search.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: { 'Referrer-Policy': 'unsafe-url' },
        body: `<a href="${visitor.address({}, '/landing?secret=1#top')}">Found</a>`,
      }),
    )
    const page = await visitor.context.newPage()
    await page.goto('https://search.example/find?q=private')
    await Promise.all([page.waitForURL(`${visitor.site.url}/**`), page.click('a')])
    const organic = await track(page, 'organic')

    const campaign = '/landing?utm_source=Letter&UTM_Campaign=spring&utm_medium=email'
    await page.goto(visitor.address({}, campaign))
    const spring = await track(page, 'spring')
    await page.goto(visitor.address({}, '/within'))
    await track(page, 'still_spring')
    await page.goto(visitor.address({}, campaign))
    await track(page, 'spring_again')
    await page.goto(visitor.address({}, '/landing?gclid=click-1'))
    const ad = await track(page, 'ad')

    test.expect([organic, spring, ad].map(({ index }) => index)).toEqual([1, 2, 3])
    test.expect(ad).toMatchObject({ previousId: spring.id, first: { referrer: 'https://search.example/find' } })
    const landingPage = `${visitor.site.url}/landing`
    const touch = {
      utmSource: 'Letter',
      utmCampaign: 'spring',
      utmMedium: 'email',
      landingPage: test.expect.any(String),
    }
    test.expect(visitor.stored().map(({ eventType, attribution }) => [eventType, attribution])).toEqual([
      ['organic', { referrer: 'https://search.example/find', landingPage }],
      ['spring', touch],
      ['still_spring', touch],
      ['spring_again', touch],
      ['ad', { clickIdType: 'gclid', clickId: 'click-1', landingPage: test.expect.any(String) }],
    ])
    test.expect(JSON.stringify(visitor.stored())).not.toMatch(/secret|private/)
  })

  it('begins when the page says so', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open({})
    const first = await track(page, 'a')
    await page.evaluate(() => tracker.startNewSession())
    test.expect(await track(page, 'b')).toMatchObject({
      index: 2,
      previousId: first.id,
      anonymousId: first.anonymousId,
    })
  })
})

describe('a user', { concurrent: true }, () => {
  it('is who the token says; their events wait for a token that holds, and hold nobody else’s up', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open({})
    await page.evaluate(
      async ([expired, other]) => {
        tracker.identify(expired)
        tracker.track('by_ann')
        await tracker.flush()
        tracker.identify(null)
        tracker.track('by_nobody')
        tracker.identify(other)
        tracker.track('by_bob')
        await tracker.flush()
      },
      [signUserToken(secret, 'ann', -60), signUserToken(secret, 'bob')] as const,
    )
    const who = () => visitor.stored().map(({ eventType, actorId }) => [eventType, actorId])
    test.expect(who()).toEqual([
      ['by_nobody', null],
      ['by_bob', 'bob'],
    ])
    // The collector answered 401, which the browser tells too.
    test
      .expect(visitor.complaints.splice(0))
      .toEqual([
        test.expect.stringMatching(/^Failed to load resource.* 401/),
        test.expect.stringMatching(/^tallymark: refused \(invalid_user_token\), the events wait/),
      ])

    // Also with the next page.
    await visitor.leave(page)
    await page.goto(visitor.address({}))
    await page.evaluate(
      async (token) => {
        tracker.identify(token)
        await tracker.flush()
      },
      signUserToken(secret, 'ann'),
    )
    test.expect(who()).toEqual(test.expect.arrayContaining([['by_ann', 'ann']]))
    test.expect(who()).toHaveLength(3)
  })

  it('has a token that runs out replaced by the page’s refresh', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open({})
    const asked = await page.evaluate(
      async ([expired, fresh]) => {
        let times = 0
        tracker.identify(expired, {
          async refresh() {
            times++
            return fresh
          },
        })
        tracker.track('by_ann')
        while (tracker.counts.sent < 1) {
          await new Promise((resolve) => setTimeout(resolve, 10))
          await tracker.flush()
        }
        return times
      },
      [signUserToken(secret, 'ann', -60), signUserToken(secret, 'ann')] as const,
    )
    test.expect([asked, visitor.stored()]).toMatchObject([1, [{ eventType: 'by_ann', actorId: 'ann' }]])
    visitor.complaints.length = 0
  })

  it('leaves nothing of themselves to the next one after reset, in no tab', async (test) => {
    const visitor = await visit(test)
    await visitor.context.clock.install()
    const page = await visitor.open({}, '/?utm_campaign=spring')
    const other = await visitor.open({})
    await other.evaluate(() => tracker.track('before'))
    const before = await page.evaluate(
      async (token) => {
        tracker.identify(token)
        tracker.track('by_ann')
        await tracker.flush()
        const { anonymousId, session } = tracker
        tracker.reset()
        return { anonymousId, session }
      },
      signUserToken(secret, 'ann'),
    )
    await other.clock.fastForward(2_000)
    for (const tab of [page, other]) {
      const after = await track(tab, 'afterwards')
      test.expect(after.anonymousId).not.toBe(before.anonymousId)
      test.expect(after.id).not.toBe(before.session?.id)
      test.expect([after.index, after.previousId]).toEqual([1, undefined])
    }
    test
      .expect(
        visitor
          .stored()
          .filter(({ actorId }) => actorId)
          .map(({ eventType }) => eventType),
      )
      .toEqual(['by_ann'])
  })

  it('has events that wait in the browser, but no token', async (test) => {
    const visitor = await visit(test)
    await visitor.proxy.shut()
    const page = await visitor.open({})
    const token = signUserToken(secret, 'ann')
    const kept = await page.evaluate(async (given) => {
      tracker.identify(given)
      tracker.track('by_ann')
      await tracker.flush()
      dispatchEvent(new Event('pagehide'))
      const [queue] = await indexedDB.databases()
      const waiting = await new Promise((resolve) => {
        const opening = indexedDB.open(queue?.name ?? '')
        opening.onsuccess = () => {
          const all = opening.result.transaction('events').objectStore('events').getAll()
          all.onsuccess = () => resolve(all.result)
        }
      })
      return JSON.stringify({ waiting, ...localStorage, ...sessionStorage })
    }, token)
    test.expect(kept).toContain('by_ann')
    test.expect(kept).not.toContain(token)
  })
})

const plain = (id: string | undefined) => id?.replaceAll('-', '')
