import { percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { RankedEntity, RankPlace } from '../store/reads.ts'
import { cursorParam, entityTypeParam, limitParam, rangeOf, rangeParams, toCursor } from './params.ts'
import { report } from './report.ts'

/** The last entity of a page, and the end of the range: the pages that follow are of the same range. */
const cursor = cursorParam(
  z.tuple([z.int().describe('to'), z.int().describe('views'), z.string().describe('entityId'), z.string()]),
)

export const engagement = report({
  method: 'GET',
  path: '/v1/reports/engagement',
  summary: 'How often each entity was viewed, led on to elsewhere and was put into a calendar; the most viewed first.',
  audience: 'server',
  query: z.strictObject({
    entityType: entityTypeParam.optional(),
    ...rangeParams,
    limit: limitParam(100, 10_000),
    cursor: cursor.optional(),
  }),
  answer: z.object({
    items: z.array(
      z.object({
        entityType: z.string(),
        entityId: z.string(),
        title: z.string().nullable(),
        views: z.int(),
        outboundClicks: z.int(),
        calendarAdds: z.int(),
        outboundRate: z.number(),
        calendarRate: z.number(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  async run({ entityType, limit, cursor, ...params }, { read, roles, now }) {
    const asked = rangeOf(params, now)
    const range = { from: asked.from, to: cursor?.[0] ?? asked.to }
    const { view = [], outbound = [], calendar = [] } = roles
    const scope = { entityType, eventTypes: [...view, ...outbound, ...calendar] }
    const after = cursor && placeOf(cursor)
    // One more than asked for, which tells whether anything follows.
    const found = await read('ranking', { scope, range, roles, by: 'views', minViews: 0, limit: limit + 1, after })
    const items = found.slice(0, limit).map(toItem)
    const last = found.length > limit ? items.at(-1) : undefined
    return { items, nextCursor: last ? toCursor([range.to, last.views, last.entityId, last.entityType]) : null }
  },
  rows: ({ items }) => items,
})

function placeOf([, views, entityId, entityType]: z.infer<typeof cursor>): RankPlace {
  return { value: views, views, entityId, entityType }
}

const toItem = ({ entityType, entityId, title, tally }: RankedEntity) => ({
  entityType,
  entityId,
  title,
  views: tally.views,
  outboundClicks: tally.outboundClicks,
  calendarAdds: tally.calendarAdds,
  outboundRate: percentOf(tally.outboundClicks, tally.views),
  calendarRate: percentOf(tally.calendarAdds, tally.views),
})
