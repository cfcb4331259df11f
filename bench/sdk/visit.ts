import type { Browser, Page } from 'playwright-core'
import type { Contestant } from './bundle.ts'
import { type Sink, startSink } from './sink.ts'
import { type Site, startSite } from './site.ts'

/** A new visitor on the page of a tracker whose collector never fails. */
export interface Visit {
  page: Page
  site: Site
  sink: Sink
}

export async function visiting<T>(
  browser: Browser,
  contestant: Contestant,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const sink = await startSink(contestant.tracker)
  const site = await startSite(contestant, sink.url, sink)
  const context = await browser.newContext()
  try {
    return await work({ page: await context.newPage(), site, sink })
  } finally {
    await context.close()
    await site.shut()
    await sink.shut()
  }
}
