/** The code in the SDK's documents does what they say, in a real browser. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest'
import { launchChromium } from './delivery/chromium.ts'
import { type Collector, startCollector, writeKey } from './delivery/collector.ts'
import { newVisitor, type Visitor } from './states/visitor.ts'
import { bundle } from './support/bundle.ts'
import { signUserToken } from './support/user-token.ts'

const secret = 'the secret of the documents, long enough'
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

const patience = { timeout: 10_000 }
const page = snippetsOf('docs/sdk.md')
const readme = snippetsOf('packages/sdk/README.md')

/** A visitor to a site whose module is the snippet, with more code around it. */
async function run(
  test: TestContext,
  { snippets, about, before = '', after = '', html = '' }: Part,
): Promise<Visitor & { page: Page }> {
  const visitor = await newVisitor(test, browser, collector, { html })
  visitor.site.policy = visitor.site.policy.replace('connect-src', "$& 'self'")
  await visitor.context.route('**/me/tally-token', (route) => route.fulfill({ body: signUserToken(secret, 'ann') }))
  const live = (code: string) =>
    code.replaceAll('https://collect.example.com', visitor.proxy.url).replaceAll('tm_pub_…', writeKey)
  visitor.site.settings.files = await bundle(
    `${live(before)}\n${live(snippets.take(about))}\n${after}`,
    new Map([
      ['./plan.ts', snippets.plan],
      ['./jitless.ts', "import { z } from 'zod'; z.config({ jitless: true })"],
    ]),
  )
  return { ...visitor, page: await visitor.open() }
}

interface Part {
  snippets: Snippets
  /** A word that only this snippet has. */
  about: string
  before?: string
  after?: string
  html?: string
}

const init =
  "import { init, track } from '@tallymark/sdk'\ninit({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_…' })"

describe('the page about the SDK', { concurrent: true }, () => {
  it('begins with events that arrive', async (test) => {
    const { page: tab, leave, stored } = await run(test, { snippets: page, about: 'calendar_sync' })
    await leave(tab)
    await test.expect
      .poll(() => stored().map(({ eventType, props }) => [eventType, props]), patience)
      .toEqual([
        ['view', {}],
        ['click', {}],
        ['calendar_sync', { calendar: 'google' }],
      ])
  })

  it('makes a tracker with a plan’s type', async (test) => {
    const { page: tab, leave, storedTypes } = await run(test, { snippets: page, about: "track('save'" })
    await leave(tab)
    await test.expect.poll(storedTypes, patience).toEqual(['save'])
  })

  it.for(['accept', 'refuse'])('waits for a choice: %s', async (choice, test) => {
    const {
      page: tab,
      leave,
      stored,
      proxy,
    } = await run(test, {
      snippets: page,
      about: '#refuse',
      after: "import { track } from '@tallymark/sdk'; track('held')",
      html: '<button id="accept">Yes</button><button id="refuse">No</button>',
    })
    test.expect(proxy.requests).toEqual([])
    await tab.click(`#${choice}`)
    await test.expect
      .poll(stored, patience)
      .toMatchObject([{ eventType: 'held', context: { consent: choice === 'accept' ? 'granted' : 'cookieless' } }])
    await leave(tab)
  })

  it('signs in, and out again', async (test) => {
    const {
      page: tab,
      leave,
      stored,
    } = await run(test, {
      snippets: page,
      about: '#sign-out',
      before: init,
      after: "track('by_ann'); document.querySelector('#sign-out').addEventListener('click', () => track('by_nobody'))",
      html: '<button id="sign-out">Sign out</button>',
    })
    await test.expect.poll(stored, patience).toMatchObject([{ eventType: 'by_ann', actorId: 'ann' }])
    await tab.click('#sign-out')
    await leave(tab)
    await test.expect.poll(stored, patience).toHaveLength(2)
    const [ann, nobody] = stored()
    test.expect(nobody).toMatchObject({ eventType: 'by_nobody', actorId: null })
    test.expect(nobody?.anonymousId).not.toBe(ann?.anonymousId)
    test.expect(nobody?.sessionId).not.toBe(ann?.sessionId)
  })

  it('knows how the visitor came', async (test) => {
    const { page: tab, site } = await run(test, { snippets: page, about: 'engagementScore' })
    const lines: string[] = []
    tab.on('console', (message) => lines.push(message.text()))
    await tab.goto(`${site.url}/?utm_source=letter`)
    test.expect(lines).toEqual([])
    await tab.evaluate(() => localStorage.clear())
    await tab.goto(`${site.url}/?utm_source=friends`)
    test.expect(lines).toEqual(['the first session, by friends'])
  })

  it('changes and drops events', async (test) => {
    const {
      page: tab,
      leave,
      site,
      stored,
    } = await run(test, {
      snippets: page,
      about: "startsWith('/admin')",
      after: "import { track } from '@tallymark/sdk'; track('a')",
    })
    const said = tab.waitForEvent('console')
    await tab.goto(`${site.url}/admin/keys`)
    test.expect((await said).text()).toBe('a before_send')
    await leave(tab)
    await test.expect.poll(stored, patience).toHaveLength(1)
    test.expect(stored()[0]?.context).toEqual(test.expect.not.objectContaining({ title: test.expect.anything() }))
  })

  it.for([
    ['with a try to compile that a strict policy reports', '', ['eval']],
    ['without one when told so before', "import './jitless.ts'", []],
  ] as const)('checks events against the plan, %s', async ([, before, reported], test) => {
    const { complaints, page: tab } = await run(test, {
      snippets: page,
      about: 'validated(plan)',
      before: `${before}
        window.violations = []
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => window.violations.push(blockedURI))`,
      after: "tracker.track('save', { entity: { type: 'page', id: 1 } })",
    })
    await test.expect
      .poll(() => complaints)
      .toEqual([test.expect.stringMatching(/^tallymark: 'save' is not valid: .*page/)])
    complaints.length = 0
    test.expect(await tab.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual(reported)
  })

  it('has a hook for React, which records a view once, also where effects run twice', async (test) => {
    const {
      page: tab,
      leave,
      stored,
    } = await run(test, {
      snippets: page,
      about: 'useView',
      before: `import { createElement, StrictMode } from 'react'; import { createRoot } from 'react-dom/client'`,
      after: `
        function Project({ id }) {
          useView('project', id, 'explore')
          return createElement('h1', {}, id)
        }
        const root = createRoot(document.querySelector('main'))
        window.show = (id) => root.render(createElement(StrictMode, {}, createElement(Project, { id })))
        window.show(1)`,
      html: '<main></main>',
    })
    const show = (id: number) =>
      tab.evaluate((shown) => (window as unknown as { show(id: number): void }).show(shown), id)
    await tab.getByRole('heading', { name: '1' }).waitFor()
    await show(1)
    await show(2)
    await tab.getByRole('heading', { name: '2' }).waitFor()
    await leave(tab)
    await test.expect
      .poll(() => stored().map(({ eventType, entityId }) => [eventType, entityId]), patience)
      .toEqual([
        ['view', '1'],
        ['view', '2'],
      ])
  })
})

describe('the package’s README', { concurrent: true }, () => {
  it('records for a user', async (test) => {
    const { stored } = await run(test, {
      snippets: readme.with('eyJ…', signUserToken(secret, 'ann')),
      about: 'trackClick',
      after: "track('share', { entity: { type: 'project', id: 42 } })",
    })
    const who = () => stored().map(({ eventType, actorId }) => `${eventType} by ${actorId}`)
    await test.expect
      .poll(() => who().sort(), patience)
      .toEqual(['click by null', 'save by null', 'share by ann', 'view by null'])
  })

  it('needs no bundler', async (test) => {
    const visitor = await newVisitor(test, browser, collector)
    const { proxy, site } = visitor
    site.policy = `default-src 'none'; script-src 'unsafe-inline' ${proxy.url}; connect-src ${proxy.url}`
    site.settings.head = readme
      .take('<script defer')
      .replaceAll('https://collect.example.com', proxy.url)
      .replaceAll('tm_pub_…', writeKey)
    const tab = await visitor.open()
    await visitor.leave(tab)
    await test.expect.poll(visitor.storedTypes, patience).toEqual(['save', 'page_view'])
  })

  it('makes a tracker with a plan’s type', async (test) => {
    const {
      page: tab,
      leave,
      storedTypes,
    } = await run(test, {
      snippets: readme,
      about: 'typeof plan',
      after: "tracker.track('save', { entity: { type: 'product', id: 1 } })",
    })
    await leave(tab)
    await test.expect.poll(storedTypes, patience).toEqual(['save'])
  })
})

describe.each([
  ['docs/sdk.md', page],
  ['packages/sdk/README.md', readme],
])('%s', (_, snippets) => {
  it('has no snippet that is not run here', ({ expect }) => {
    expect(snippets.left()).toEqual([])
  })
})

interface Snippets {
  /** The module that other snippets import. */
  plan: string
  /** The one snippet that has these words. */
  take(words: string): string
  /** The same with other words for some. */
  with(words: string, others: string): Snippets
  /** Those that nobody has taken. */
  left(): string[]
}

function snippetsOf(file: string): Snippets {
  const text = readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8')
  const blocks = [...text.matchAll(/^```(?:ts|jsx|html) ?(\S*)\n([\s\S]*?)^```/gm)]
  const all = blocks.flatMap(([, name, code = '']) => (name ? [] : code))
  const taken = new Set<string>()
  const snippets: Snippets = {
    plan: blocks.find(([, name]) => name === 'plan.ts')?.[2] ?? '',
    take(words) {
      const found = all.filter((code) => code.includes(words))
      if (found.length !== 1) throw new Error(`${file} has ${found.length} snippets with ${words}`)
      found.forEach((code) => void taken.add(code))
      return found.join()
    },
    with: (words, others) => ({ ...snippets, take: (about) => snippets.take(about).replaceAll(words, others) }),
    left: () => all.filter((code) => !taken.has(code)),
  }
  return snippets
}
