import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { median } from '../report.ts'
import type { Contestant } from './bundle.ts'
import type { Sink } from './sink.ts'
import { visiting } from './visit.ts'

/** What a visit cost the page's main thread. */
export interface Cost {
  /** The call that sets the tracker up. */
  initMs: number
  /** That, and all that follows from it until the page is quiet. */
  initAllInMs: number
  /** `track()` itself, the first included. */
  onTheSpotUs: number
  /** In the median of the bursts: once all is warm, and whatever else the machine does now and then. */
  onceWarmUs: number
  /** All work until the last event has arrived, an event. */
  allInUs: number
  /** Events that never arrived. */
  lost: number
}

export interface LongTasks {
  count: number
  longestMs: number
}

const measuredEvents = 500
const longTaskEvents = 2_000
const burst = 10
const pauseMs = 20
/** For what is still to arrive; a tracker that loses events costs this long. */
const patienceMs = 20_000

export async function measureCost(browser: Browser, contestant: Contestant): Promise<Cost> {
  return visiting(browser, contestant, async ({ page, site, sink }) => {
    await page.goto(site.waiting)
    const client = await page.context().newCDPSession(page)
    // The thread's own time: what other processes of a busy machine take does not count.
    await client.send('Performance.enable', { timeDomain: 'threadTicks' })

    const loadedMs = await mainThreadMs(client)
    const initMs = await page.evaluate<number>('start()')
    await sink.quiet()
    const startedMs = await mainThreadMs(client)

    const spotsMs = await trackInBursts(page, measuredEvents)
    await deliver(sink, contestant, measuredEvents)
    const finishedMs = await mainThreadMs(client)
    return {
      initMs,
      initAllInMs: startedMs - loadedMs,
      onTheSpotUs: (spotsMs.reduce((total, ms) => total + ms, 0) / measuredEvents) * 1_000,
      onceWarmUs: (median(spotsMs) / burst) * 1_000,
      allInUs: ((finishedMs - startedMs) / measuredEvents) * 1_000,
      lost: measuredEvents - sink.arrivals.size,
    }
  })
}

export async function measureLongTasks(browser: Browser, contestant: Contestant): Promise<LongTasks> {
  return visiting(browser, contestant, async ({ page, site, sink }) => {
    await page.goto(site.page)
    await page.evaluate(`
      globalThis.longTasks = []
      new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ type: 'longtask' })`)
    await trackInBursts(page, longTaskEvents)
    await deliver(sink, contestant, longTaskEvents)
    const tasks = await page.evaluate<number[]>('longTasks')
    return { count: tasks.length, longestMs: Math.max(0, ...tasks) }
  })
}

/** As on a page that renders between them. Returns the milliseconds that each burst's calls took. */
function trackInBursts(page: Page, events: number): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const spotsMs = []
    for (let first = 0; first < ${events}; first += ${burst}) {
      spotsMs.push(trackMany('save', ${burst}, { first }))
      await new Promise((resolve) => setTimeout(resolve, ${pauseMs}))
    }
    return spotsMs
  })()`)
}

async function deliver(sink: Sink, { tracker }: Contestant, events: number): Promise<void> {
  if (tracker.track !== '') await sink.arrived(events, patienceMs)
  await sink.quiet()
  await sleep(100)
}

/** How long tasks have kept the main thread since the page's beginning. */
async function mainThreadMs(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}
