/** The capture helpers where a simulated page would not tell the truth: layout, media, history, keys, leaving. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserArgs, findBrowser } from '../scripts/browser.ts'
import { type PluginSite, startPluginSite } from './plugins/plugin-site.ts'

interface Recorded {
  eventType: string
  entity?: { type: string; id: string }
  surface?: string
  position?: number
  durationMs?: number
  completed?: boolean
  occurredAt?: number
  props?: Record<string, unknown>
  path: string
  title: string
}

/** What a page of the plugin site has. */
declare const recorded: Recorded[]
declare const violations: string[]
declare const tracker: never
// biome-ignore lint/suspicious/noExplicitAny: a page loads the built files, which have no types there
declare function load(plugin: string): Promise<any>

let browser: Browser
let site: PluginSite
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  site = await startPluginSite()
  browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArgs(), '--autoplay-policy=no-user-gesture-required'],
    // The tests want a browser as people have it.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})
beforeEach(async () => {
  complaints.length = site.arrived.length = 0
  page = await browser.newPage({ viewport: { width: 800, height: 600 } })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  await page.goto(`${site.url}/start`)
})
afterEach(async () => {
  expect(complaints).toEqual([])
  await page.close()
})

const take = () => page.evaluate(() => recorded.splice(0))
const types = async () => (await take()).map(({ eventType }) => eventType)
const wait = (ms: number) => page.waitForTimeout(ms)
const patience = { timeout: 10_000 }
/** What was recorded, once it is so much. */
async function takeOnce(count: number) {
  await expect.poll(() => page.evaluate(() => recorded.length), patience).toBeGreaterThanOrEqual(count)
  return take()
}

describe('impressions', () => {
  /** A list of cards of 300 pixels, of which a window shows two. */
  const showCards = () =>
    page.evaluate(async () => {
      const main = document.querySelector('main') as HTMLElement
      main.dataset.trackSurface = 'explore_new'
      for (let n = 0; n < 10; n++) {
        const card = document.createElement('article')
        card.style.height = '300px'
        card.dataset.trackImpression = ''
        card.dataset.trackEntity = `project:${n}`
        card.dataset.trackPosition = String(n)
        main.append(card)
      }
      document.body.style.margin = '0'
      await (await load('impressions')).trackImpressions(tracker)
    })
  const seen = async (count: number) => (await takeOnce(count)).map(({ entity }) => entity?.id)

  it('are of what was in view long enough, once, with surface and position', async () => {
    await showCards()
    expect(await takeOnce(2)).toMatchObject([
      { eventType: 'impression', entity: { type: 'project', id: '0' }, surface: 'explore_new', position: 0 },
      { eventType: 'impression', entity: { type: 'project', id: '1' }, surface: 'explore_new', position: 1 },
    ])

    // Scrolled by: only where it comes to rest is seen. Of the last card less than half is in view.
    await page.evaluate(async () => {
      for (const top of [600, 1_200, 1_620]) {
        scrollTo(0, top)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })
    expect(await seen(2)).toEqual(['5', '6'])
    await page.evaluate(() => scrollTo(0, 0))
    await wait(1_500)
    expect(await take()).toEqual([])
  })

  it('are also of elements that come later, that get another entity, and that are taller than the window', async () => {
    await showCards()
    await takeOnce(2)
    await page.evaluate(() => {
      const [first, second] = document.querySelectorAll('article')
      if (!first || !second) throw new Error('there are no cards')
      first.dataset.trackEntity = 'project:recycled'
      second.style.height = '5000px'
      second.dataset.trackEntity = 'project:tall'
      const late = document.createElement('article')
      late.style.height = '10px'
      late.dataset.trackImpression = ''
      late.dataset.trackEntity = 'project:late'
      document.querySelector('main')?.prepend(late)
      // Less than half of the window is left for the tall one.
      first.style.height = '350px'
    })
    expect(new Set(await seen(2))).toEqual(new Set(['recycled', 'late']))
    await page.evaluate(() => scrollTo(0, 1_500))
    expect(await seen(1)).toEqual(['tall'])
  })
})

describe('page views', () => {
  const begin = (options = {}) =>
    page.evaluate(async (given) => (await load('page-views')).trackPageViews(tracker, given), options)
  const views = async (count: number) => (await takeOnce(count)).map(({ path, title }) => [path, title])

  /** An application's way to another page: the title follows when the page is there. */
  const go = (path: string, title: string) =>
    page.evaluate(
      ([to = '', name = '']) => {
        history.pushState(null, '', to)
        setTimeout(() => {
          document.title = name
        }, 100)
      },
      [path, title],
    )

  describe.each(['Navigation API', 'history'])('by the %s', (way) => {
    beforeEach(async () => {
      if (way === 'history') {
        await page.evaluate(() => Object.defineProperty(window, 'navigation', { value: undefined }))
      }
      await begin()
    })

    it('are counted once for each page, forth and back, under the title that it gets', async () => {
      expect(await views(1)).toEqual([['/start', 'Start']])
      await go('/projects', 'Projects')
      expect(await views(1)).toEqual([['/projects', 'Projects']])
      await page.evaluate(() => {
        history.replaceState({ filter: 1 }, '', '/projects?q=jazz')
        history.replaceState({ filter: 2 }, '', '/projects?q=jazz#top')
        location.hash = 'bottom'
      })
      await wait(1_000)
      expect(await take()).toEqual([])
      await page.evaluate(() => history.go(-2))
      expect((await views(1)).map(([path]) => path)).toEqual(['/start'])
    })

    it('are all counted when pages follow quickly, each under its own path', async () => {
      await go('/a', 'A')
      await wait(50)
      await go('/b', 'B')
      expect((await views(3)).map(([path]) => path)).toEqual(['/start', '/a', '/b'])
      await wait(1_000)
      expect(await take()).toEqual([])
    })
  })

  it('come when a router of the Navigation API has finished', async () => {
    await begin()
    await take()
    const startedAtMs = await page.evaluate(() => {
      navigation.addEventListener('navigate', (event) =>
        event.intercept({
          async handler() {
            await new Promise((resolve) => setTimeout(resolve, 300))
            document.title = 'Loaded'
          },
        }),
      )
      navigation.navigate('/loaded')
      return Date.now()
    })
    const [view] = await takeOnce(1)
    expect([view?.path, view?.title]).toEqual(['/loaded', 'Loaded'])
    expect(Number(view?.occurredAt) - startedAtMs).toBeGreaterThanOrEqual(250)
  })

  it('include a page that comes back out of the back/forward cache', async () => {
    await begin()
    await page.evaluate((away) => location.assign(away), `${site.url}/and-back`)
    await expect
      .poll(() => site.restored, patience)
      .toMatchObject([
        { eventType: 'page_view', path: '/start' },
        { eventType: 'page_view', path: '/start' },
      ])
  })
})

describe('video', () => {
  /** Three seconds of silence, as a WAV file of 8 000 samples a second. */
  const begin = (options = {}) =>
    page.evaluate(async (given) => {
      const samples = new Uint8Array(3 * 8_000).fill(128)
      const header = new DataView(new ArrayBuffer(44))
      const text = (at: number, letters: string) =>
        [...letters].forEach((letter, n) => void header.setUint8(at + n, letter.charCodeAt(0)))
      text(0, 'RIFF')
      header.setUint32(4, 36 + samples.length, true)
      text(8, 'WAVEfmt ')
      header.setUint32(16, 16, true)
      header.setUint16(20, 1, true)
      header.setUint16(22, 1, true)
      header.setUint32(24, 8_000, true)
      header.setUint32(28, 8_000, true)
      header.setUint16(32, 1, true)
      header.setUint16(34, 8, true)
      text(36, 'data')
      header.setUint32(40, samples.length, true)
      const video = document.createElement('video')
      video.src = URL.createObjectURL(new Blob([header, samples], { type: 'audio/wav' }))
      document.body.append(video)
      const { trackVideo } = await load('video')
      trackVideo(tracker, video, { entity: { type: 'video', id: 'v-1' }, ...given })
    }, options)
  const video = <T>(run: (element: HTMLVideoElement) => T) => page.locator('video').evaluate(run)
  const ended = () => video((element) => new Promise((resolve) => element.addEventListener('ended', resolve)))
  const outcome = async () => {
    const [view, result, ...others] = await takeOnce(2)
    expect([view?.eventType, view?.durationMs, others]).toEqual(['view', 0, []])
    return result
  }

  it('that plays to the end at double speed is completed in half the time', async () => {
    await begin()
    await video((element) => {
      element.playbackRate = 2
      return element.play()
    })
    await ended()
    const result = await outcome()
    expect(result).toMatchObject({ eventType: 'complete', entity: { id: 'v-1' } })
    expect(result?.durationMs).toBeGreaterThan(1_350)
    expect(result?.durationMs).toBeLessThan(1_650)
  })

  it('of which a part was jumped over is skipped, with the time that was really played', async () => {
    await begin()
    await video((element) => element.play())
    await wait(600)
    const played = await video((element) => {
      const { currentTime } = element
      element.currentTime = 2.5
      return currentTime
    })
    await ended()
    const result = await outcome()
    expect(result?.eventType).toBe('skip')
    // The medium tells its time four times a second: a jump may cost so much.
    const expectedMs = 1_000 * (played + 0.5)
    expect(result?.durationMs).toBeGreaterThan(expectedMs - 400)
    expect(result?.durationMs).toBeLessThan(expectedMs + 100)
  })

  it('that was paused is not watched, and one that is taken away was skipped', async () => {
    await begin()
    await video((element) => element.play())
    await wait(500)
    await video((element) => element.pause())
    await wait(800)
    await video((element) => element.play())
    await wait(500)
    const played = await video((element) => {
      element.remove()
      return element.currentTime
    })
    const result = await outcome()
    expect(result?.eventType).toBe('skip')
    expect(result?.durationMs).toBeGreaterThan(1_000 * played - 400)
    expect(result?.durationMs).toBeLessThan(1_000 * played + 100)
  })

  it('can be one event', async () => {
    await begin({ oneEvent: true, completeAt: 0.5 })
    await video((element) => {
      element.playbackRate = 4
      return element.play()
    })
    await ended()
    expect(await takeOnce(1)).toMatchObject([{ eventType: 'view', completed: true }])
  })
})

describe('markup', () => {
  beforeEach(() => page.evaluate(async () => void (await load('declarative')).trackDeclared(tracker)))
  const show = (html: string) =>
    page.evaluate((inner) => {
      document.body.innerHTML = inner
    }, html)

  it('is heard from mouse, keyboard and form, whatever the page does with the event', async () => {
    await show(`<button data-track="save" data-track-entity="project:42" data-track-prop-empty="" data-track-prop-n="1">
        Save</button>
      <form data-track="form_submit" data-track-entity="form:f"><input></form>`)
    await page.evaluate(() => {
      for (const type of ['click', 'submit']) {
        document.body.addEventListener(type, (event) => {
          event.preventDefault()
          event.stopImmediatePropagation()
        })
      }
    })
    await page.click('button')
    await page.focus('button')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    await page.focus('input')
    await page.keyboard.press('Enter')
    const events = await take()
    expect(events.map(({ eventType }) => eventType)).toEqual(['save', 'save', 'save', 'form_submit'])
    expect(events[0]).toMatchObject({ entity: { type: 'project', id: '42' }, props: { empty: '', n: 1 } })
  })

  it('is heard in shadow trees', async () => {
    await page.evaluate(() => {
      const host = document.createElement('div')
      host.dataset.trackEntity = 'project:42'
      document.body.append(host)
      host.attachShadow({ mode: 'open' }).innerHTML = '<button data-track="save">Save</button>'
    })
    await page.click('button')
    expect(await take()).toMatchObject([{ eventType: 'save', entity: { id: '42' } }])
  })
})

describe('links', () => {
  it('are recorded however they are opened, and work as before', async () => {
    await page.context().route('https://tickets.example/**', (route) => route.fulfill({ body: 'Tickets' }))
    await page.evaluate(async () => {
      document.body.innerHTML = `
        <a id="out" href="https://tickets.example/e-1?token=secret">Tickets</a>
        <a id="app" href="/projects">Projects</a>`
      // An application's router.
      document.querySelector('#app')?.addEventListener('click', (event) => {
        event.preventDefault()
        history.pushState(null, '', '/projects')
      })
      await (await load('links')).trackLinks(tracker)
    })
    for (const press of [
      () => page.click('#out', { button: 'middle' }),
      () => page.click('#out', { modifiers: ['ControlOrMeta'] }),
    ]) {
      const [opened] = await Promise.all([page.context().waitForEvent('page'), press()])
      await opened.close()
    }
    await page.click('#app')
    expect(new URL(page.url()).pathname).toBe('/projects')
    expect(await take()).toMatchObject([
      { eventType: 'outbound', props: { url: 'https://tickets.example/e-1' } },
      { eventType: 'outbound', props: { url: 'https://tickets.example/e-1' } },
    ])
    await page.focus('#out')
    await Promise.all([page.waitForURL('https://tickets.example/**'), page.keyboard.press('Enter')])
  })
})

describe('leaving', () => {
  it('takes along what was measured until then: it reaches the tracker before the tracker sends', async () => {
    await page.goto(`${site.url}/article?real`)
    await page.evaluate(async () => {
      document.body.style.height = '3000px'
      const real = (window as unknown as { tallymark: never }).tallymark
      const entity = { type: 'post', id: 7 }
      ;(await load('scroll')).trackScroll(real, { entity })
      ;(await load('engagement')).trackEngagement(real, { entity })
    })
    await page.mouse.wheel(0, 900)
    await wait(1_300)
    expect(site.arrived).toEqual([])
    await page.goto('about:blank')
    await expect.poll(() => site.arrived.length, patience).toBe(2)
    const [scroll, engagement] = [...site.arrived].sort((a, b) => (a.eventType > b.eventType ? -1 : 1))
    expect(scroll).toMatchObject({ eventType: 'scroll', entityId: 7, context: { path: '/article' } })
    expect(scroll?.props?.scrollDepth).toBe(50)
    expect(engagement).toMatchObject({ eventType: 'engagement', entityId: 7, context: { path: '/article' } })
    expect(engagement?.durationMs).toBeGreaterThan(1_200)
    await page.waitForTimeout(200)
    expect(site.arrived).toHaveLength(2)
  })
})

it('a strict content security policy is kept by every plugin', async () => {
  const names = await page.evaluate(async () => {
    const plugins = [
      'actions',
      'declarative',
      'engagement',
      'experiments',
      'impressions',
      'links',
      'page-views',
      'scroll',
    ]
    const loaded = await Promise.all([...plugins, 'surface', 'video'].map(load))
    for (const name of ['declarative', 'engagement', 'impressions', 'links', 'page-views', 'scroll']) {
      const [begin] = Object.values(await load(name)) as ((tracker: never) => () => void)[]
      begin?.(tracker)()
    }
    const { assignVariant } = await load('experiments')
    assignVariant(tracker, 'button', ['a', 'b'], { viewerId: 'v' })
    return loaded.flatMap((module) => Object.keys(module)).sort()
  })
  expect(names).toEqual([
    'assignVariant',
    'chooseVariant',
    'createActions',
    'surfaceFromReferrer',
    'surfaceFromTab',
    'trackDeclared',
    'trackEngagement',
    'trackImpressions',
    'trackLinks',
    'trackPageViews',
    'trackScroll',
    'trackVideo',
  ])
  expect(await types()).toEqual(['page_view', 'experiment_exposure'])
  expect(await page.evaluate(() => violations)).toEqual([])
})
