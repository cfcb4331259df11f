import {
  completionRate,
  engagementRate,
  engagementScore,
  netLikes,
  percentOf,
  ratioOf,
} from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { Activity } from '../store/reads.ts'
import { entityIdParam, entityTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

export const entityAnalytics = report({
  method: 'GET',
  path: '/v1/entities/:entityType/:entityId/analytics',
  summary: 'How an entity does: views, viewers, watch time, engagement and its score.',
  audience: 'server',
  query: z.strictObject({ entityType: entityTypeParam, entityId: entityIdParam, ...rangeParams }),
  answer: z.object({
    entityType: z.string(),
    entityId: z.string(),
    totalViews: z.int(),
    uniqueViewers: z.int(),
    totalWatchTimeMs: z.number(),
    averageWatchTimeMs: z.number(),
    completionRate: z.number(),
    completions: z.int(),
    saves: z.int(),
    shares: z.int(),
    clicks: z.int(),
    skips: z.int(),
    likes: z.int(),
    saveRate: z.number(),
    engagementRate: z.number(),
    engagementScore: z.number(),
  }),
  async run({ entityType, entityId, ...params }, { read, roles, now }) {
    const range = rangeOf(params, now)
    const activity = await read('activity', { scope: { entityType, entityId }, range, roles })
    return { entityType, entityId, ...analyticsOf(activity) }
  },
})

function analyticsOf({ tally, uniqueViewers }: Activity) {
  return {
    totalViews: tally.views,
    uniqueViewers,
    totalWatchTimeMs: tally.watchTimeMs,
    averageWatchTimeMs: ratioOf(tally.watchTimeMs, tally.views),
    completionRate: completionRate(tally),
    completions: tally.completions,
    saves: tally.saves,
    shares: tally.shares,
    clicks: tally.clicks,
    skips: tally.skips,
    likes: netLikes(tally),
    saveRate: percentOf(tally.saves, tally.views),
    engagementRate: engagementRate(tally),
    engagementScore: engagementScore(tally),
  }
}
