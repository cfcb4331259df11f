import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserArgs, findBrowser } from '../../../scripts/browser.ts'
import { freePort } from '../free-port.ts'
import { history, seed } from '../seed.ts'
import { openListings } from './listings-page.ts'
import { type RunningExample, secretKey, startExample } from './running-example.ts'

/** A page without a network gets these from the browser itself. */
const networkTrouble = /^Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED)/

let browser: Browser
let example: RunningExample
let context: BrowserContext

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() })
  example = await startExample()
  await seed(example.endpoint, secretKey)
  // A page asks once: on a busy machine, numbers right after so many events at once may be of a moment before.
  await vi.waitUntil(async () => (await example.saves('the-last-reel')).count === 1, { timeout: 10_000 })
})
afterAll(async () => {
  await browser?.close()
  await example?.stop()
})
beforeEach(async () => {
  context = await browser.newContext()
  await context.route('https://example.com/**', (route) => route.fulfill({ body: 'Tickets' }))
})
afterEach(() => context.close())

const saved = (id: keyof typeof history) => history[id].saved

describe('the event listings', () => {
  it('show on every card how many people saved it, from one request for all of them', async () => {
    const requests: string[] = []
    context.on('request', (request) => request.url().includes('/v1/counts') && requests.push(request.url()))
    const visitor = await openListings(context, example.site.url)

    await expect.poll(() => visitor.people('blue-hour-quartet')).toBe(`${saved('blue-hour-quartet')} people saved this`)
    expect(await visitor.people('the-last-reel')).toBe('1 person saved this')
    expect(await visitor.people('open-studio-mosaic')).toBe('Be the first to save this')
    expect(requests).toHaveLength(1)
    expect(visitor.complaints).toEqual([])
  })

  it('have the same history after it was sent a second time', async () => {
    expect(await seed(example.endpoint, secretKey)).toEqual({ stored: 0 })
    expect((await example.saves('blue-hour-quartet')).count).toBe(saved('blue-hour-quartet'))
  })

  it('store a click for opening one and an outbound click for its tickets', async () => {
    const before = example.stored('blue-hour-quartet')
    const visitor = await openListings(context, example.site.url)

    await visitor.open('blue-hour-quartet')
    await visitor.dialog.getByText('The Glass Cellar').waitFor()
    const [tickets] = await Promise.all([
      context.waitForEvent('page'),
      visitor.dialog.getByRole('link', { name: /Get tickets/ }).click(),
    ])

    expect(tickets.url()).toBe('https://example.com/tickets/blue-hour-quartet')
    // Whoever leaves takes nothing along.
    await visitor.page.goto('about:blank')
    await expect
      .poll(() => example.stored('blue-hour-quartet'))
      .toEqual({ ...before, click: Number(before.click) + 1, outbound_click: Number(before.outbound_click) + 1 })
    expect(visitor.complaints).toEqual([])
  })

  it('count a save at once, commit it, and do not count it again', async () => {
    const visitor = await openListings(context, example.site.url)
    await expect.poll(() => visitor.people('paper-planets')).toBe(`${saved('paper-planets')} people saved this`)

    const [calendarFile] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.saveButton('paper-planets').click(),
    ])
    const people = saved('paper-planets') + 1
    const grown = `${people} people saved this`
    expect(await visitor.people('paper-planets')).toBe(grown)
    expect(calendarFile.suggestedFilename()).toBe('paper-planets.ics')
    const committed = { count: people, unique: people }
    await expect.poll(() => example.saves('paper-planets')).toEqual(committed)
    expect(example.stored('paper-planets').calendar_sync).toBe(people)

    const again = visitor.page.waitForEvent('download')
    await visitor.saveButton('paper-planets').click()
    await again
    await visitor.page.reload()
    await expect.poll(() => visitor.people('paper-planets')).toBe(grown)
    expect(await visitor.saveLabel('paper-planets')).toBe('Saved')
    expect(await visitor.waiting()).toBe(0)
    expect(await example.saves('paper-planets')).toEqual(committed)
    expect(visitor.complaints).toEqual([])
  })

  it('deliver once what was saved offline, after a reload', async () => {
    const before = example.stored('lantern-yard-market')
    const people = saved('lantern-yard-market') + 1
    const grown = `${people} people saved this`
    const visitor = await openListings(context, example.site.url)
    await expect
      .poll(() => visitor.people('lantern-yard-market'))
      .toBe(`${saved('lantern-yard-market')} people saved this`)

    await context.setOffline(true)
    await visitor.saveButton('lantern-yard-market').click()
    expect(await visitor.people('lantern-yard-market')).toBe(grown)
    await visitor.open('the-last-reel')
    await visitor.dialog.getByText('Kino Meridian').waitFor()
    await expect.poll(() => visitor.waiting()).toBe(2)
    await expect(visitor.page.reload()).rejects.toThrow('ERR_INTERNET_DISCONNECTED')
    expect(example.stored('lantern-yard-market')).toEqual(before)

    await context.setOffline(false)
    await visitor.page.goto(example.site.url)
    await expect.poll(() => visitor.people('lantern-yard-market')).toBe(grown)
    await expect.poll(() => example.saves('lantern-yard-market')).toEqual({ count: people, unique: people })
    // An answer that went to the page before is asked for again, after a pause.
    await expect.poll(() => visitor.waiting(), { timeout: 10_000 }).toBe(0)
    expect(example.stored('lantern-yard-market').calendar_sync).toBe(people)
    expect(example.stored('the-last-reel').click).toBe(history['the-last-reel'].opened + 1)
    expect(visitor.complaints.filter((text) => !networkTrouble.test(text))).toEqual([])
  })

  it('do not count a visitor with two tabs twice', async () => {
    const before = example.stored('tide-and-thunder')
    const first = await openListings(context, example.site.url)
    const second = await openListings(context, example.site.url)

    await context.setOffline(true)
    await first.saveButton('tide-and-thunder').click()
    await expect.poll(() => second.saveLabel('tide-and-thunder')).toBe('Saved')
    await second.saveButton('tide-and-thunder').click()
    await second.open('tide-and-thunder')
    await expect.poll(() => second.waiting()).toBe(2)
    // Both tabs hear of it in the same moment and begin to deliver.
    await context.setOffline(false)

    await expect.poll(() => second.waiting(), { timeout: 10_000 }).toBe(0)
    const people = saved('tide-and-thunder') + 1
    expect(await example.saves('tide-and-thunder')).toEqual({ count: people, unique: people })
    for (const tab of [first, second]) {
      await expect.poll(() => tab.people('tide-and-thunder')).toBe(`${people} people saved this`)
      expect(tab.complaints.filter((text) => !networkTrouble.test(text))).toEqual([])
    }
    const { click, calendar_sync } = example.stored('tide-and-thunder')
    expect({ click, calendar_sync }).toEqual({ click: Number(before.click) + 1, calendar_sync: people })
  })

  it('hide what does not match a search, and store one search for what was typed', async () => {
    const visitor = await openListings(context, example.site.url)
    await visitor.page.getByLabel('Search events').pressSequentially('lantern')
    expect(await visitor.page.locator('#found').textContent()).toBe('1 event')
    await visitor.page.goto('about:blank')
    await expect.poll(() => example.searches()).toEqual([{ query: 'lantern', resultsCount: 1 }])
    expect(visitor.complaints).toEqual([])
  })
})

describe('without a collector', () => {
  it('the page works without numbers, and what was saved arrives when there is one', async () => {
    const alone = await startExample(await freePort(4650))
    try {
      const visitor = await openListings(context, alone.site.url)
      expect(await visitor.people('blue-hour-quartet')).toBeNull()
      await visitor.saveButton('blue-hour-quartet').click()
      expect(await visitor.people('blue-hour-quartet')).toBe('You saved this')
      await expect.poll(() => visitor.waiting()).toBe(1)
      expect(visitor.complaints.filter((text) => !networkTrouble.test(text))).toEqual([])

      await alone.startCollector()
      await visitor.page.reload()
      await expect.poll(() => visitor.people('blue-hour-quartet')).toBe('1 person saved this')
      await expect.poll(() => alone.saves('blue-hour-quartet')).toEqual({ count: 1, unique: 1 })
    } finally {
      await alone.stop()
    }
  })
})
