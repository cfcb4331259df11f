import { percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import { checkNamed, eventTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

/**
 * By what those came who did something. An event that carries attribution is a touch.
 *
 * - `last`: a visitor, a session and a conversion count for the touch of the session: its earliest in the range. What
 *   happened outside any session counts for its own.
 * - `first`: they count for the viewer's first touch of all, also from before the range.
 *
 * The key is null where no touch says: nobody told of an arrival, or there was no campaign. A direct visit is one by the
 * channel `direct`. Visitors and sessions are distinct ones with any event in the range, and may come by several keys;
 * conversions are events. Of days whose rows were let go there are conversions alone, by what each event says itself.
 */
export const attribution = report({
  method: 'GET',
  path: '/v1/reports/attribution',
  summary:
    'By which channel or campaign visitors came, and who of them reached a goal: by the first touch or the last.',
  audience: 'server',
  query: z.strictObject({
    model: z.enum(['first', 'last']).default('last'),
    by: z.enum(['utmSource', 'utmMedium', 'utmCampaign', 'channel']).default('channel'),
    goal: eventTypeParam,
    ...rangeParams,
  }),
  answer: z.object({
    rows: z.array(
      z.object({
        key: z.string().nullable(),
        visitors: z.int(),
        sessions: z.int(),
        conversions: z.int(),
        conversionRate: z.number(),
      }),
    ),
  }),
  async run({ model, by, goal, ...params }, { read, plan, now }) {
    checkNamed(plan, { goal })
    const rows = await read('attribution', { model, by, goal, range: rangeOf(params, now) })
    return {
      rows: rows
        .map((row) => ({ ...row, conversionRate: percentOf(row.conversions, row.visitors) }))
        .sort(
          (a, b) =>
            b.visitors - a.visitors || b.conversions - a.conversions || ((a.key ?? '') < (b.key ?? '') ? -1 : 1),
        ),
    }
  },
  rows: ({ rows }) => rows,
})
