import { percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import { entityTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

export const ctr = report({
  method: 'GET',
  path: '/v1/reports/ctr',
  summary: 'How many impressions lead to a click, by position or by surface; events that name none are left out.',
  audience: 'server',
  query: z.strictObject({
    by: z.enum(['position', 'surface']).default('position'),
    entityType: entityTypeParam.optional(),
    ...rangeParams,
  }),
  answer: z.object({
    rows: z.array(
      z.object({
        key: z.union([z.string(), z.int()]),
        impressions: z.int(),
        clicks: z.int(),
        ctr: z.number(),
      }),
    ),
  }),
  async run({ by, entityType, ...params }, { read, roles, now }) {
    const rows = await read('places', { by, scope: { entityType }, range: rangeOf(params, now), roles })
    return { rows: rows.map((row) => ({ ...row, ctr: percentOf(row.clicks, row.impressions) })) }
  },
  rows: ({ rows }) => rows,
})
