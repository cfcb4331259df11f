/**
 * This SDK beside published trackers, in one browser and one run: `npm run bench:sdk`. What a page loads, what recording
 * costs its main thread, what goes over the wire, and what arrives through ten kinds of trouble. The rivals are installed
 * into the system's temporary folder; all that they send stays on this machine. Costs are medians of all rounds.
 */
import { launchChromium, startChromium } from '../test/delivery/chromium.ts'
import type { Scenario } from '../test/delivery/scenarios.ts'
import { machine } from './report.ts'
import { prepare } from './sdk/bundle.ts'
import { measureCost, measureLongTasks } from './sdk/cost.ts'
import { trouble, tryDelivery } from './sdk/delivery.ts'
import { measurePlugins, measureSize } from './sdk/size.ts'
import { pluginLine, type Result, tables } from './sdk/tables.ts'
import { label, nothing, ours, rivals, type Tracker } from './sdk/trackers.ts'
import { measureTraffic } from './sdk/traffic.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const parts = (process.env.BENCH_PARTS ?? 'size,cost,delivery').split(',')
const only = process.env.BENCH_ONLY?.split(',') ?? rivals.map(({ id }) => id)
/** Delivery is mostly waiting, so that several scenarios run at the same time. */
const atTheSameTime = 4

const failures: string[] = []
const results: Result[] = [await enter(ours)]
for (const rival of rivals.filter(({ id }) => only.includes(id))) {
  await attempt(rival, 'install', async () => {
    results.push(await enter(rival))
  })
}

const baseline = await prepare(nothing)
const browser = await launchChromium()
console.log(`${new Date().toISOString().slice(0, 10)}, Chromium ${browser.version()}, ${machine()}; ${rounds} rounds\n`)
try {
  if (parts.includes('size')) await measureSizes()
  if (parts.includes('cost')) await measureCosts()
} finally {
  await browser.close()
}
if (parts.includes('delivery')) await tryDeliveries()

for (const line of tables(results)) console.log(line)
if (parts.includes('size')) console.log(`${pluginLine(await measurePlugins())}\n`)
for (const failure of failures) console.log(`Not measured: ${failure}`)

async function enter(tracker: Tracker): Promise<Result> {
  return { contestant: await prepare(tracker), costs: [], deliveries: new Map() }
}

async function measureSizes(): Promise<void> {
  await each('size', async (result) => {
    result.size = await measureSize(browser, result.contestant)
  })
}

/** In turns, so that the machine's mood falls on all alike. What the measuring itself costs is taken off. */
async function measureCosts(): Promise<void> {
  await measureCost(browser, baseline)
  for (let round = 1; round <= rounds; round++) {
    const base = await measureCost(browser, baseline)
    await each(`cost, round ${round}`, async ({ contestant, costs }) => {
      const cost = await measureCost(browser, contestant)
      costs[round - 1] = {
        initMs: cost.initMs - base.initMs,
        initAllInMs: cost.initAllInMs - base.initAllInMs,
        onTheSpotUs: cost.onTheSpotUs - base.onTheSpotUs,
        onceWarmUs: cost.onceWarmUs - base.onceWarmUs,
        allInUs: cost.allInUs - base.allInUs,
        lost: cost.lost,
      }
    })
  }
  await each('traffic', async (result) => {
    result.traffic = await measureTraffic(browser, result.contestant)
  })
  await each('long tasks', async (result) => {
    result.longTasks = await measureLongTasks(browser, result.contestant)
  })
}

async function tryDeliveries(): Promise<void> {
  const driver = await startChromium()
  // Tracker by tracker, so that the scenarios that keep the machine busy do not meet.
  const jobs = results.flatMap((result) => trouble.map((scenario) => ({ scenario, result })))
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await tryOne(job.scenario, job.result)
  }
  const tryOne = (scenario: Scenario, { contestant, deliveries }: Result) =>
    attempt(contestant.tracker, scenario.name, async () => {
      deliveries.set(scenario, await tryDelivery(driver, contestant, scenario))
    })
  try {
    await Promise.all(Array.from({ length: atTheSameTime }, work))
  } finally {
    await driver.close()
  }
}

async function each(part: string, measure: (result: Result) => Promise<void>): Promise<void> {
  for (const result of results) await attempt(result.contestant.tracker, part, () => measure(result))
}

/** What cannot be measured is named with the reason, and the others go on; for this SDK it is a failure. */
async function attempt(tracker: Tracker, part: string, work: () => Promise<void>): Promise<void> {
  console.error(`${tracker.name}: ${part}`)
  try {
    await work()
  } catch (error) {
    if (tracker === ours) process.exitCode = 1
    failures.push(`${label(tracker)}, ${part}: ${reasonOf(error)}`)
  }
}

/** One line: npm says a lot. */
function reasonOf(error: unknown): string {
  const lines = String(error instanceof Error ? error.message : error)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return (lines.find((line) => /No matching|\bE[A-Z0-9]{3,}\b/.test(line)) ?? lines[0] ?? '').slice(0, 200)
}
