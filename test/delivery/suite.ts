import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Collector, startCollector } from './collector.ts'
import type { Driver } from './driver.ts'
import { type Measured, type Scenario, scenarios } from './scenarios.ts'
import { setUpStage } from './stage.ts'

/** What every engine has to keep: the least and the most. An outage that nobody noticed would prove nothing. */
const limits: Limits = {
  requestsInOutage: [1, 3],
  requestsBeforeRetryAfter: [0, 0],
  leavingRequests: [1, 1],
  leavingBytes: [1, 57_000],
}
/** How long it may take, where nothing else is going on. */
const timeLimits: Limits = {
  recoveredMs: [0, 3_000],
  drainedMs: [0, 5_000],
}
type Limits = Partial<Record<keyof Measured, [number, number]>>

export interface SuiteOptions {
  start(): Promise<Driver>
  /** Whether the last request of a closed tab always gets out. Where it does not, the next visit delivers. */
  closingDelivers: boolean
  /** Play several scenarios at once. */
  concurrent: boolean
  /** Hold them to their times, too: not beside other suites, on a machine that has little time for each. */
  timed: boolean
}

/** Plays all scenarios in one engine, and prints what was measured. */
export function testDelivery(engine: string, { start, closingDelivers, concurrent, timed }: SuiteOptions): void {
  describe(`events from ${engine}`, { concurrent, timeout: 60_000 }, () => {
    let collector: Collector
    let driver: Driver
    const rows: Record<string, Measured> = {}

    beforeAll(async () => {
      collector = await startCollector()
      driver = await start()
    })
    afterAll(async () => {
      console.log(`${driver?.name} ${driver?.version}`)
      console.table(rows)
      await driver?.close()
      await collector?.stop()
    })

    it.for(scenarios)('are all stored and none twice: $name', async (scenario, { expect: check }) => {
      const stage = await setUpStage(driver, collector, eventTypeOf(scenario))
      try {
        const measured = await scenario.play(stage)
        rows[scenario.name] = measured
        check(stage.stored().sort((a, b) => a - b)).toEqual(Array.from({ length: scenario.events }, (_, n) => n))
        for (const [name, [least, most]] of Object.entries({ ...limits, ...(timed && timeLimits) })) {
          const value = measured[name as keyof Measured] ?? least
          check(value, name).toBeGreaterThanOrEqual(least)
          check(value, name).toBeLessThanOrEqual(most)
        }
        if (closingDelivers) check(measured.storedAfterClosing ?? scenario.events).toBe(scenario.events)
      } finally {
        await stage.leave()
      }
    })
  })
}

const eventTypeOf = ({ name }: Scenario) =>
  name
    .toLowerCase()
    .replace(/^[^a-z]+/, 'http_')
    .replace(/[^a-z0-9]+/g, '_')
