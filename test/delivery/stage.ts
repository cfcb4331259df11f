import { type Collector, writeKey } from './collector.ts'
import type { Driver, Tab, Visitor } from './driver.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type Site, startSite } from './site.ts'
import { until } from './until.ts'

/** Where a scenario is played: a visitor, a site, and a collector behind a proxy that can fail. */
export interface Stage {
  visitor: Visitor
  site: Site
  proxy: FaultProxy
  /** The event type of this scenario: all scenarios share one database. */
  eventType: string
  /** An expression that tracks so many events. */
  track(count: number, options?: { first?: number; bytes?: number }): string
  /** A tab on a page, by default the site’s that tracks. */
  newTab(url?: string): Promise<Tab>
  /** One on a page that has delivered something already, and thereby loaded all that it needs. */
  newWarmTab(url?: string): Promise<Tab>
  stored(): number[]
  /** Waits until so many are stored, and says how long that took; never longer than `patienceMs`. */
  untilStored(count: number, patienceMs?: number): Promise<number>
  setOffline(offline: boolean): Promise<void>
  leave(): Promise<void>
}

export async function setUpStage(driver: Driver, collector: Collector, eventType: string): Promise<Stage> {
  const proxy = await startFaultProxy(collector.url)
  const site = await startSite(proxy.url, writeKey)
  const visitor = await driver.newVisitor(site.url)
  const stored = () => collector.stored(eventType)

  async function newTab(url = site.page): Promise<Tab> {
    const tab = await visitor.newTab()
    await tab.open(url)
    return tab
  }

  return {
    visitor,
    site,
    proxy,
    eventType,
    track: (count, options = {}) => `trackMany('${eventType}', ${count}, ${JSON.stringify(options)})`,
    newTab,
    async newWarmTab(url) {
      const tab = await newTab(url)
      await tab.run(`(trackMany('warm_up', 1), tallymark.flush())`)
      return tab
    },
    stored,
    untilStored: (count, patienceMs = 15_000) => until(() => stored().length >= count, patienceMs),
    async setOffline(offline) {
      if (visitor.setOffline) await visitor.setOffline(offline)
      else for (const door of [site, proxy]) await (offline ? door.shut() : door.open())
    },
    async leave() {
      await visitor.close()
      await site.shut()
      await proxy.shut()
    },
  }
}
