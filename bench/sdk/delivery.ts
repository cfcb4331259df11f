import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver } from '../../test/delivery/driver.ts'
import { type FaultProxy, startFaultProxy } from '../../test/delivery/fault-proxy.ts'
import { type Measured, type Scenario, scenarios } from '../../test/delivery/scenarios.ts'
import type { Stage } from '../../test/delivery/stage.ts'
import type { Contestant } from './bundle.ts'
import { numberOf } from './markers.ts'
import { type Sink, startSink } from './sink.ts'
import { startSite } from './site.ts'

export interface Delivery extends Measured {
  /** Events that never arrived. */
  lost: number
  /** Copies beyond the first on the wire. */
  repeats: number
  /** Of them, those that do not bear the id of the first: a collector has to store them twice. */
  unrecognisable: number
}

/** The project's own scenarios, but for those that are about how its own SDK is built. */
export const trouble: readonly Scenario[] = scenarios.filter(
  ({ name }) => !/before the second file was loaded|of an insecure origin/.test(name),
)

const eventType = 'save'
const warmUpPatienceMs = 20_000
/** Some take half of it to send 2 000 events one by one. */
const patienceMs = 60_000
/** For copies that come after all events have arrived. */
const lingerMs = 2_000

export async function tryDelivery(driver: Driver, contestant: Contestant, scenario: Scenario): Promise<Delivery> {
  const sink = await startSink(contestant.tracker)
  const proxy = await startFaultProxy(sink.url)
  const stage = await setUpStage(driver, contestant, sink, proxy)
  try {
    const measured = await scenario.play(stage)
    await sleep(lingerMs)
    const copies = [...sink.arrivals].filter(([marker]) => numberOf(marker, eventType) !== undefined)
    return {
      ...measured,
      lost: scenario.events - copies.length,
      repeats: copies.reduce((total, [, ids]) => total + ids.length - 1, 0),
      unrecognisable: copies.reduce((total, [, ids]) => total + strangersAmong(ids), 0),
    }
  } finally {
    await stage.leave()
  }
}

const strangersAmong = ([first, ...others]: readonly string[]) =>
  others.filter((id) => id === '' || id !== first).length

/** The scenarios' stage, for a tracker of any vendor. */
async function setUpStage(driver: Driver, contestant: Contestant, sink: Sink, proxy: FaultProxy): Promise<Stage> {
  const site = await startSite(contestant, proxy.url, sink)
  const visitor = await driver.newVisitor(site.url)
  let warmedUp = 0

  const numbersOf = (type: string) =>
    [...sink.arrivals.keys()].map((marker) => numberOf(marker, type)).filter((number) => number !== undefined)
  const stored = () => numbersOf(eventType)

  async function newTab() {
    const tab = await visitor.newTab()
    await tab.open(site.page)
    return tab
  }

  return {
    visitor,
    // The scenarios that need another page are not played here.
    site: { ...site, pageByCollector: site.page, thereAndBack: site.page },
    proxy,
    eventType,
    track: (count, options = {}) => `trackMany('${eventType}', ${count}, ${JSON.stringify(options)})`,
    newTab,
    async newWarmTab() {
      const tab = await newTab()
      await tab.run(`trackMany('warm_up', 1, { first: ${warmedUp++} })`)
      if (!(await sink.arrived(warmedUp, warmUpPatienceMs))) throw new Error('its first event never arrived')
      return tab
    },
    stored,
    async untilStored(count, forMs = patienceMs) {
      const startMs = Date.now()
      while (stored().length < count && Date.now() - startMs < forMs) await sleep(20)
      return Date.now() - startMs
    },
    setOffline: async (offline) => visitor.setOffline?.(offline),
    async leave() {
      await visitor.close()
      await site.shut()
      await proxy.shut()
      await sink.shut()
    },
  }
}
