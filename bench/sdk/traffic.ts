import type { Browser } from 'playwright-core'
import type { Contestant } from './bundle.ts'
import type { Traffic } from './sink.ts'
import { visiting } from './visit.ts'

const events = 10

/** What ten events that are recorded together take to arrive; bytes are an event's. */
export async function measureTraffic(browser: Browser, contestant: Contestant): Promise<Traffic> {
  return visiting(browser, contestant, async ({ page, site, sink }) => {
    await page.goto(site.page)
    const before = { ...sink.traffic }
    await page.evaluate(`trackMany('save', ${events})`)
    if (!(await sink.arrived(events, 20_000))) throw new Error(`not all of ${events} events arrived`)
    const after = sink.traffic
    return {
      requests: after.requests - before.requests,
      bodyBytes: (after.bodyBytes - before.bodyBytes) / events,
      wireBytes: (after.wireBytes - before.wireBytes) / events,
    }
  })
}
