import { z } from 'zod'
import { definePlan } from './plan.ts'

const onAny = { on: 'any' } as const

/**
 * The plan of a collector that was given none. It is open: any event type and any entity type is taken, and the
 * names below have their usual meaning in the metrics.
 */
export const generalPlan = definePlan({
  name: 'general',
  open: true,
  entities: {},
  events: {
    view: { ...onAny, role: 'view', public: true, dedupe: { window: '5m', by: ['entity', 'viewer'] } },
    click: { ...onAny, role: 'click', public: true, dedupe: 'none' },
    like: { ...onAny, role: 'like', public: true },
    unlike: { ...onAny, role: 'unlike', public: true },
    save: { ...onAny, role: 'save', public: true },
    share: { ...onAny, role: 'share', public: true },
    complete: { ...onAny, role: 'complete', public: true },
    skip: { ...onAny, role: 'skip' },
    impression: { ...onAny, role: 'impression' },
    outbound: { ...onAny, role: 'outbound', public: true },
    calendar: { ...onAny, role: 'calendar', public: true },
    page_view: { role: 'page_view', pixel: true },
    email_open: { pixel: true },
    search: {
      role: 'search',
      props: z.looseObject({
        query: z.string(),
        resultsCount: z.int().min(0).optional(),
        filters: z.record(z.string(), z.unknown()).optional(),
      }),
    },
    filter: { role: 'filter', props: z.looseObject({ filter: z.string(), value: z.unknown().optional() }) },
    experiment_exposure: { props: z.looseObject({ experiment: z.string(), variant: z.string() }) },
  },
})
