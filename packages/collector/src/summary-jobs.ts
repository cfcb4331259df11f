import type { Job } from './jobs.ts'
import type { Store } from './store/store.ts'

/** Fewer events are read as fast as they are summed up. */
const worthAtOnce = { events: 8192, share: 0.2 }

/**
 * Late events come a few a day to each day of the last month, and a report on all of them has as many ends to read. Not
 * sooner: what is sealed for a summary is packed less densely.
 */
export const worthEachHour = { events: 256, share: 0.005 }

/** Keep the summaries of days close behind what came in. */
export const summaryJobs = (store: Pick<Store, 'summarise'>): Job[] => [
  { name: 'summaries', firstAfterMs: 1_000, everyMs: 60_000, run: () => store.summarise(worthAtOnce) },
  {
    name: 'summaries of late events',
    firstAfterMs: 300_000,
    everyMs: 3_600_000,
    run: () => store.summarise(worthEachHour),
  },
]
