import { completionRate, engagementScore } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { RankedBy, RankedEntity } from '../store/reads.ts'
import {
  endOfNow,
  entityTypeParam,
  eventTypeParam,
  limitParam,
  ParamError,
  periodParam,
  periodStart,
} from './params.ts'
import { report } from './report.ts'

export const top = report({
  method: 'GET',
  path: '/v1/top',
  summary: 'The best entities of a period or of all time: by their score, their views, or how often an event happened.',
  audience: 'server',
  query: z.strictObject({
    entityType: entityTypeParam.optional(),
    by: z.union([z.literal('engagementScore'), eventTypeParam]).default('engagementScore'),
    period: periodParam,
    minViews: z.coerce.number().int().min(0).default(1),
    limit: limitParam(10, 100),
  }),
  answer: z.object({
    items: z.array(
      z.object({
        entityType: z.string(),
        entityId: z.string(),
        title: z.string().nullable(),
        value: z.number(),
        views: z.int(),
        completionRate: z.number(),
        engagementScore: z.number(),
      }),
    ),
  }),
  async run({ entityType, by, period, minViews, limit }, { read, roles, plan, now }) {
    const measure: RankedBy = by === 'engagementScore' || by === 'views' ? by : { eventType: by }
    if (typeof measure === 'object' && !plan.event(by)) {
      throw new ParamError('the parameter by is not in the tracking plan')
    }
    const query = { roles, by: measure, minViews, limit }
    const range = { from: periodStart(period, now), to: endOfNow(now) }
    const items =
      period === 'all'
        ? await read('standings', { entityType, ...query })
        : await read('ranking', { scope: { entityType }, range, ...query })
    return { items: items.map(toItem) }
  },
  rows: ({ items }) => items,
})

const toItem = ({ entityType, entityId, title, value, tally }: RankedEntity) => ({
  entityType,
  entityId,
  title,
  value,
  views: tally.views,
  completionRate: completionRate(tally),
  engagementScore: engagementScore(tally),
})
