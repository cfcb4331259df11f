import { setTimeout as sleep } from 'node:timers/promises'
import type { Tab } from './driver.ts'
import { type Fault, retryAfterSeconds } from './fault-proxy.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

/** What was measured beside the events that were stored. */
export interface Measured {
  /** Attempts of all tabs together while nothing could be delivered. */
  requestsInOutage?: number
  requestsBeforeRetryAfter?: number
  /** From the end of the trouble until the last event was stored. */
  recoveredMs?: number
  /** From the first chance to deliver until the last event was stored. */
  drainedMs?: number
  /** From the moment in which the visitor left, or came back, until the last event was stored: no limit but patience. */
  arrivedMs?: number
  /** Events that were there before the visitor came back, when they had closed the tab. */
  storedAfterClosing?: number
  /** Requests that were to outlive their page. */
  leavingRequests?: number
  /** The length of the longest of them. */
  leavingBytes?: number
}

export interface Scenario {
  name: string
  events: number
  play(stage: Stage): Promise<Measured>
}

const outageMs = 5_000

/** Attempts of the pages from one instant to another. */
async function countAttempts(tabs: readonly Tab[], fromMs: number, toMs: number): Promise<number> {
  const expression = `attempts.filter((atMs) => atMs >= ${fromMs} && atMs < ${toMs}).length`
  const counts = await Promise.all(tabs.map((tab) => tab.run<number>(expression)))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Something is wrong for a while, and a page goes on tracking. */
async function outage(
  stage: Stage,
  tab: Tab,
  lastsMs: number,
  begin: () => Promise<unknown> | unknown,
  end: () => Promise<unknown> | unknown,
): Promise<Measured> {
  await begin()
  stage.proxy.withheld = undefined
  const beganAtMs = Date.now()
  const overAtMs = beganAtMs + lastsMs
  await tab.run(stage.track(25))
  await sleep(lastsMs / 2)
  await tab.run(stage.track(5, { first: 25 }))
  await sleep(overAtMs - Date.now())
  await end()
  const recoveredMs = await stage.untilStored(30)
  return { requestsInOutage: await countAttempts([tab], beganAtMs, overAtMs), recoveredMs }
}

const refused = (stage: Stage, tab: Tab) => outage(stage, tab, outageMs, stage.proxy.shut, stage.proxy.open)

const failing = (stage: Stage, tab: Tab, fault: Fault, lastsMs: number) =>
  outage(
    stage,
    tab,
    lastsMs,
    () => {
      stage.proxy.fault = fault
    },
    () => {
      stage.proxy.fault = 'none'
    },
  )

/** A page whose second file did not come, and has to come from where nothing comes from. */
async function openCold(stage: Stage): Promise<Tab> {
  stage.proxy.withheld = '/tallymark-delivery.js'
  const tab = await stage.newTab(stage.site.pageByCollector)
  for (let asked = 0; asked === 0; asked = await tab.run<number>('attempts.length')) await sleep(20)
  return tab
}

async function closeAtOnce(stage: Stage): Promise<Measured> {
  await stage.visitor.openAndDie(stage.site.page, stage.track(3))
  await stage.untilStored(3, 2_000)
  const storedAfterClosing = stage.stored().length
  if (storedAfterClosing < 3) await stage.newTab()
  return { storedAfterClosing, arrivedMs: await stage.untilStored(3) }
}

/** What the page that was left wrote down. The one that follows it may not have taken that over yet. */
async function readLeaving(tab: Tab): Promise<number[]> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const lengths: number[] = JSON.parse(await tab.run("localStorage.leaving ?? '[]'"))
    if (lengths.length > 0) return lengths
    await sleep(20)
  }
  return []
}

/** The visitor leaves in the very task in which something happens. */
async function navigateAtOnce(stage: Stage, to: string, events: number, bytes = 0): Promise<Measured> {
  const tab = await stage.newTab()
  await tab.run(`void setTimeout(() => { ${stage.track(events, { bytes })}; location.href = '${to}' })`)
  const arrivedMs = await stage.untilStored(events)
  const lengths = await readLeaving(tab)
  return { arrivedMs, leavingRequests: lengths.length, leavingBytes: Math.max(...lengths) }
}

async function rateLimited(stage: Stage): Promise<Measured> {
  const { proxy, site } = stage
  const [tab, other] = [await stage.newWarmTab(), await stage.newTab()]
  const before = proxy.requests.length
  proxy.fault = 'rate_limited'
  await tab.run(stage.track(25))
  await until(() => proxy.limitedAtMs > 0, 5_000)
  const pausedUntilMs = proxy.limitedAtMs + retryAfterSeconds * 1_000
  // Neither another tab nor a reload is a reason to ask again.
  await other.run(stage.track(25, { first: 25 }))
  await sleep(500)
  await tab.open(site.page)
  await tab.run(stage.track(25, { first: 50 }))
  await sleep(pausedUntilMs - Date.now())
  const recoveredMs = await stage.untilStored(75)
  const early = proxy.requests.slice(before).filter(({ atMs }) => atMs < pausedUntilMs)
  // The first one was told when to come back.
  return { requestsBeforeRetryAfter: early.length - 1, recoveredMs }
}

async function offlineAndReload(stage: Stage): Promise<Measured> {
  const tab = await stage.newTab()
  await stage.setOffline(true)
  await tab.run(stage.track(25))
  await sleep(500)
  // The browser has an error page in its place.
  await tab.open(stage.site.page).catch(() => {})
  await sleep(500)
  await stage.setOffline(false)
  const onlineAtMs = Date.now()
  await tab.open(stage.site.page)
  await stage.untilStored(25)
  return { recoveredMs: Date.now() - onlineAtMs }
}

async function offlineInThreeTabs(stage: Stage, url: string): Promise<Measured> {
  const tabs = [await stage.newWarmTab(url), await stage.newWarmTab(url), await stage.newWarmTab(url)]
  await stage.setOffline(true)
  const beganAtMs = Date.now()
  const overAtMs = beganAtMs + outageMs
  await Promise.all(tabs.map((tab, i) => tab.run(stage.track(25, { first: i * 25 }))))
  await sleep(overAtMs - Date.now())
  await stage.setOffline(false)
  const recoveredMs = await stage.untilStored(75)
  return { requestsInOutage: await countAttempts(tabs, beganAtMs, overAtMs), recoveredMs }
}

async function manyOffline(stage: Stage): Promise<Measured> {
  const tab = await stage.newWarmTab()
  await stage.setOffline(true)
  for (let first = 0; first < 2_000; first += 200) await tab.run(stage.track(200, { first }))
  await sleep(1_500)
  await stage.setOffline(false)
  return { drainedMs: await stage.untilStored(2_000) }
}

/** Each ends with all its events stored, and none twice. */
export const scenarios: Scenario[] = [
  { name: 'the tab is closed at once', events: 3, play: closeAtOnce },
  {
    name: 'the visitor navigates at once',
    events: 3,
    play: (stage) => navigateAtOnce(stage, stage.site.elsewhere, 3),
  },
  {
    name: 'the visitor navigates after 300 events of 1 kB',
    events: 300,
    play: (stage) => navigateAtOnce(stage, stage.site.page, 300, 1_000),
  },
  {
    name: 'the connection is refused for 5 s',
    events: 30,
    play: async (stage) => refused(stage, await stage.newWarmTab()),
  },
  {
    name: 'the connection is refused for 5 s before the second file was loaded',
    events: 30,
    play: async (stage) => refused(stage, await openCold(stage)),
  },
  {
    name: '503 for 5 s',
    events: 30,
    play: async (stage) => failing(stage, await stage.newWarmTab(), 'unavailable', outageMs),
  },
  {
    name: '503 for 5 s before the second file was loaded',
    events: 30,
    play: async (stage) => failing(stage, await openCold(stage), 'unavailable', outageMs),
  },
  { name: '429 with Retry-After 4 s, two tabs and a reload', events: 75, play: rateLimited },
  {
    name: 'answers are lost for 3 s',
    events: 30,
    play: async (stage) => failing(stage, await stage.newWarmTab(), 'answers_lost', 3_000),
  },
  { name: 'offline, reload, online', events: 25, play: offlineAndReload },
  { name: 'offline in three tabs', events: 75, play: (stage) => offlineInThreeTabs(stage, stage.site.page) },
  {
    name: 'offline in three tabs of an insecure origin',
    events: 75,
    play: (stage) => offlineInThreeTabs(stage, stage.visitor.insecure(stage.site.page)),
  },
  { name: '2 000 events offline', events: 2_000, play: manyOffline },
]
