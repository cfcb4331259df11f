/** Browsers, pages and policies that make it hard: events arrive all the same, and no exception reaches the page. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TrackerOptions } from '@tallymark/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { launchChromium } from './delivery/chromium.ts'
import { type Collector, startCollector, writeKey } from './delivery/collector.ts'
import { newVisitor, type VisitorOptions } from './states/visitor.ts'

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

const visit = (test: TestContext, options?: VisitorOptions) => newVisitor(test, browser, collector, options)

/** Whatever a page may do, the choices and the forgetting included. */
const doEverything = (page: Page) =>
  page.evaluate(async () => {
    const until = async (consent: string) => {
      while (tracker.consent !== consent) await new Promise((resolve) => setTimeout(resolve))
    }
    tracker.track('first')
    await tracker.flush()
    tracker.startNewSession()
    tracker.reset()
    tracker.setConsent('denied')
    await until('denied')
    tracker.setConsent('granted')
    await until('granted')
    tracker.optOut()
    await until('denied')
    tracker.optIn()
    await until('granted')
    await tracker.forgetMe()
    dispatchEvent(new Event('pagehide'))
    tracker.track('second')
    tracker.track('third')
    await tracker.flush()
  })

describe('storage', { concurrent: true }, () => {
  it.for([
    [
      'IndexedDB is absent',
      () => {
        for (const owner of [window, Window.prototype])
          Object.defineProperty(owner, 'indexedDB', { value: undefined, configurable: true })
      },
    ],
    [
      'IndexedDB never answers',
      () => {
        IDBFactory.prototype.open = IDBFactory.prototype.deleteDatabase = () => ({}) as IDBOpenDBRequest
      },
    ],
    [
      'touching localStorage throws',
      () => {
        const denied = {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        }
        Object.defineProperty(window, 'localStorage', denied)
        Object.defineProperty(window, 'sessionStorage', denied)
      },
    ],
  ] as const)('works from memory where %s', async ([, before], test) => {
    const visitor = await visit(test, { before })
    const page = await visitor.open({})
    await doEverything(page)
    const [, second, third, ...more] = visitor.stored()
    test.expect(visitor.storedTypes()).toEqual(['first', 'second', 'third'])
    test.expect(more).toEqual([])
    test.expect(second?.anonymousId).toMatch(/^\w{32}$/)
    test.expect(third).toMatchObject({ anonymousId: second?.anonymousId, sessionId: second?.sessionId })
  })

  it('works from memory in a sandboxed page, which may store nothing', async (test) => {
    const visitor = await visit(test)
    visitor.site.policy += '; sandbox allow-scripts'
    const page = await visitor.open({})
    test.expect(await page.evaluate(() => origin)).toBe('null')
    await doEverything(page)
    test.expect(visitor.storedTypes()).toEqual(['first', 'second', 'third'])
  })

  it('works from memory where the quota is used up', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open()
    const cdp = await visitor.context.newCDPSession(page)
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: visitor.site.url, quotaSize: 0 })
    // What the site has stored itself leaves no room for a single letter.
    const left = await page.evaluate(() => {
      let bytes = 4 * 1024 * 1024
      for (let n = 0; bytes >= 1; n++) {
        try {
          localStorage.setItem(`own ${n}`, 'x'.repeat(bytes))
        } catch {
          bytes /= 2
        }
      }
      try {
        localStorage.setItem('tallymark.session', '{}')
        return 'room'
      } catch {
        return 'none'
      }
    })
    test.expect(left).toBe('none')
    await page.goto(visitor.address({}))
    await doEverything(page)
    test.expect(visitor.storedTypes()).toEqual(['first', 'second', 'third'])
    test.expect((await visitor.kept(page)).local.filter((key) => key.startsWith('tallymark'))).toEqual([])
  })
})

describe('a content security policy', { concurrent: true }, () => {
  const trustedTypes = "; require-trusted-types-for 'script'"
  const strict = ''

  it.for([
    ['that is strict', strict],
    ['with trusted types', trustedTypes],
    ['with trusted types of which none may be made', `${trustedTypes}; trusted-types 'none'`],
  ])('%s is kept by the SDK that a site bundles', async ([, more], test) => {
    const visitor = await visit(test)
    visitor.site.policy += more
    const page = await visitor.open({ consent: 'pending' })
    await page.evaluate(async () => {
      tracker.track('held')
      tracker.setConsent('granted')
      while (tracker.counts.sent === 0) {
        await tracker.flush()
        await new Promise((resolve) => setTimeout(resolve))
      }
    })
    test.expect(visitor.storedTypes()).toEqual(['held'])
  })

  it.for([
    ['that is strict', strict],
    ['with trusted types', trustedTypes],
    ['with trusted types of which only ours may be made', `${trustedTypes}; trusted-types tallymark`],
  ])('%s is kept by the script build and the files that it loads', async ([, more], test) => {
    const visitor = await visit(test)
    visitor.site.policy += more
    const attributes = `data-endpoint="${visitor.proxy.url}" data-write-key="${writeKey}"`
    visitor.site.settings.head = `<script src="/tallymark.js" ${attributes} data-consent="pending"></script>`
    const page = await visitor.open()
    await page.evaluate(async () => {
      const { tallymark } = window as unknown as { tallymark: typeof tracker }
      tallymark.setConsent('granted')
      while (tallymark.counts.sent === 0) {
        await new Promise((resolve) => setTimeout(resolve))
        await tallymark.flush()
      }
    })
    test.expect(visitor.storedTypes()).toEqual(['page_view'])
    test.expect(visitor.site.asked.filter((path) => path.startsWith('/tallymark-'))).toEqual(['/tallymark-delivery.js'])
  })

  it('that asks for a nonce finds the script’s own on the files that it loads', async (test) => {
    const visitor = await visit(test)
    visitor.site.policy = visitor.site.policy.replace("'self'", "'nonce-n0nce'")
    const attributes = `data-endpoint="${visitor.proxy.url}" data-write-key="${writeKey}"`
    visitor.site.settings.head = `<script nonce="n0nce" src="/tallymark.js" ${attributes}></script>`
    const page = await visitor.open()
    await page.evaluate(() => (window as unknown as { tallymark: typeof tracker }).tallymark.flush())
    test.expect(visitor.storedTypes()).toEqual(['page_view'])
    test.expect(visitor.site.asked).toContain('/tallymark-delivery.js')
  })
})

describe('whoever builds the page', { concurrent: true }, () => {
  it('reads one sentence about each option that cannot be used', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open()
    const said = ([sentence]: readonly [string, ...unknown[]]) => `tallymark: ${sentence}`
    const faults = [
      ["'flushAt' must be a positive number", { flushAt: 'many' }, true],
      ["there is no option 'flushat'; did you mean flushAt?", { flushat: 5 }, true],
      ["'debounce.rating' must be milliseconds, or true", { debounce: { rating: 'long' } }, true],
      ["'consent' must be one of denied, pending, cookieless, granted", { consent: 'yes' }, false],
      [
        "'endpoint' must be the collector's URL, 'https://…'; nothing is tracked",
        { endpoint: 'collect.example' },
        false,
      ],
      ["'writeKey' must be the site's public key, 'tm_pub_…'; nothing is tracked", { writeKey: 5 }, false],
    ] as const
    for (const [n, [, option]] of faults.entries()) {
      const options = { endpoint: visitor.proxy.url, writeKey, ...option } as TrackerOptions
      await page.evaluate(
        async ([given, eventType]) => {
          const careless = openTracker(given)
          careless.track(eventType)
          await careless.flush()
        },
        [options, `option_${n}`] as const,
      )
    }
    await test.expect.poll(() => visitor.complaints).toEqual(faults.map(said))
    visitor.complaints.length = 0
    const tracked = faults.flatMap(([, , isTracked], n) => (isTracked ? `option_${n}` : []))
    test.expect(visitor.storedTypes()).toEqual(tracked)
  })

  it('hears of what is given up and of each attempt, and may throw at that', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open({})
    const heard = await page.evaluate(async () => {
      tracker.track('search')
      tracker.track('fine')
      await tracker.flush()
      return { dropped, flushed, drops: tracker.drops, counts: tracker.counts }
    })
    test.expect(heard).toEqual({
      dropped: [['search', 'missing_prop']],
      flushed: [{ status: 200, acknowledged: 1, duplicates: 0, dropped: 1 }],
      drops: { missing_prop: 1 },
      counts: { queued: 2, sent: 1, duplicates: 0 },
    })
    test
      .expect(visitor.complaints.splice(0))
      .toEqual(["tallymark: dropped 'search' (missing_prop): props.query is missing"])
    await page.evaluate(
      async ([endpoint, key]) => {
        const fail = () => {
          throw new Error('mine')
        }
        const other = openTracker({ endpoint, writeKey: key, beforeSend: fail, onDrop: fail, onFlush: fail })
        const circle: Record<string, unknown> = {}
        circle.circle = circle
        other.track('circular', { props: circle })
        other.track('search')
        other.track('fine_too')
        await other.flush()
      },
      [visitor.proxy.url, writeKey] as const,
    )
    test.expect(visitor.storedTypes()).toEqual(['fine', 'fine_too'])
    test.expect(visitor.complaints.splice(0).every((line) => line.startsWith('tallymark: '))).toBe(true)
  })

  it('can have every step told, also on a page that is live', async (test) => {
    const visitor = await visit(test)
    const page = await visitor.open()
    await page.evaluate(() => localStorage.setItem('tallymark_debug', '1'))
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text().replace(/ \{[\s\S]*/, '')))
    await page.goto(visitor.address({}))
    await page.evaluate(async () => {
      tracker.track('save', { entity: { type: 'project', id: 42 } })
      tracker.track('Not Valid')
      while (tracker.consent !== 'granted') await new Promise((resolve) => setTimeout(resolve))
      await tracker.flush()
    })
    test.expect(visitor.complaints.splice(0)).toEqual([test.expect.stringContaining("dropped 'Not Valid'")])
    test
      .expect(lines.filter((line) => !line.includes('dropped')))
      .toEqual([
        test.expect.stringContaining('tallymark: debug mode is on'),
        "tallymark: 'save' on project 42 is valid; 0 wait before it",
        test.expect.stringMatching(/^tallymark: 'Not Valid' is not valid: .*; 1 wait before it$/),
        'tallymark: the collector answered 200: 1 acknowledged, 1 refused; 0 wait',
      ])
  })
})

describe('on a server', { concurrent: true }, () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const entries = [
    'actions',
    'declarative',
    'engagement',
    'impressions',
    'links',
    'page-views',
    'scroll',
    'surface',
    'validate',
  ]
  const calls = `
    sdk.track('early')
    sdk.init({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1' })
    sdk.track('save')
    sdk.trackView({ type: 'project', id: 1 })
    sdk.trackClick({ type: 'project', id: 1 })
    sdk.identify('token')
    sdk.setConsent('granted')
    sdk.startNewSession()
    sdk.reset()
    sdk.optOut()
    sdk.optIn()
    const tracker = sdk.createTracker({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1', debug: true })
    tracker.track('save')
    Promise.all([sdk.flush(), sdk.forgetMe(), tracker.flush(), tracker.forgetMe()]).then((done) =>
      console.log(JSON.stringify([done, tracker.consent, tracker.counts.queued, sdk.getSessionMetrics().durationMs])))
  `
  it.for([
    [
      'import',
      `import * as sdk from '@tallymark/sdk'; ${entries.map((name) => `import '@tallymark/sdk/${name}'`).join(';')}`,
    ],
    [
      'require',
      `const sdk = require('@tallymark/sdk'); ${entries.map((name) => `require('@tallymark/sdk/${name}')`).join(';')}`,
    ],
  ] as const)(
    'everything that is published can be loaded by %s, called, and does nothing',
    async ([how, loading], test) => {
      const type = how === 'import' ? 'module' : 'commonjs'
      const args = [`--input-type=${type}`, '--eval', `${loading}\n${calls}`]
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })
      test.expect([stderr, JSON.parse(stdout)]).toEqual(['', [[null, true, null, true], 'denied', 0, 0]])
    },
  )
})
