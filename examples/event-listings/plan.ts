/**
 * Event listings with social proof: "12 people saved this" on every card, partner reports, discovery reports.
 * Opening a listing is a `click`, and that is this product's view; every one of them counts. "Saved" is the number
 * of `calendar_sync`, which anybody may read.
 *
 *     tallymark serve --plan plan.ts
 */
import { definePlan } from '@tallymark/schemas'
import { z } from 'zod'

export const plan = definePlan({
  name: 'event-listings',
  entities: {
    event: {},
  },
  events: {
    // What happens to a listing.
    click: { on: ['event'], role: 'view', dedupe: 'none' },
    outbound_click: { on: ['event'], role: 'outbound', dedupe: 'none' },
    calendar_sync: { on: ['event'], role: 'calendar', dedupe: 'none', public: true },

    // How people look for one: top searches, searches that found nothing, top filters.
    search: {
      role: 'search',
      props: z.looseObject({
        query: z.string(),
        resultsCount: z.int().min(0).optional(),
        filters: z.record(z.string(), z.unknown()).optional(),
      }),
    },
    filter_apply: {
      role: 'filter',
      props: z.looseObject({ filter: z.string(), value: z.unknown().optional() }),
    },
    filter_clear: {
      props: z.looseObject({ filter: z.string().optional() }),
    },
  },
})
