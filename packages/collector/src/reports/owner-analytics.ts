import { completionRate, engagementRate, engagementScore } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { RankedEntity } from '../store/reads.ts'
import { ownerIdParam, type RangeParams, rangeOf, rangeParams } from './params.ts'
import { type Asking, ReportRefusal, report } from './report.ts'

const topSize = 10

const answer = z.object({
  ownerId: z.string(),
  totalEntities: z.int(),
  totalViews: z.int(),
  totalWatchTimeMs: z.number(),
  averageCompletionRate: z.number(),
  totalSaves: z.int(),
  totalShares: z.int(),
  totalClicks: z.int(),
  engagementRate: z.number(),
  topEntities: z.array(
    z.object({
      entityType: z.string(),
      entityId: z.string(),
      title: z.string().nullable(),
      views: z.int(),
      completionRate: z.number(),
      engagementScore: z.number(),
    }),
  ),
})
type OwnerAnalytics = z.infer<typeof answer>

export const ownerAnalytics = report({
  method: 'GET',
  path: '/v1/owners/:ownerId/analytics',
  summary: 'How everything that belongs to an owner does together, and which ten of it hold their viewers best.',
  audience: 'server',
  query: z.strictObject({ ownerId: ownerIdParam, ...rangeParams }),
  answer,
  run: ({ ownerId, ...params }, asking) => analyticsOf(ownerId, params, asking),
})

export const myAnalytics = report({
  method: 'GET',
  path: '/v1/me/analytics',
  summary: 'The same of the user who asks.',
  audience: 'self',
  query: z.strictObject(rangeParams),
  answer,
  run(params, asking) {
    if (asking.actorId === undefined) throw new ReportRefusal('forbidden', 'this is about the user who asks')
    return analyticsOf(asking.actorId, params, asking)
  },
})

async function analyticsOf(
  ownerId: string,
  params: RangeParams,
  { read, roles, now }: Asking,
): Promise<OwnerAnalytics> {
  const range = rangeOf(params, now)
  const scope = { ownerId }
  const [{ tally }, totalEntities, top] = await Promise.all([
    read('activity', { scope, range, roles }),
    read('ownedEntities', { ownerId }),
    read('ranking', { scope, range, roles, by: 'engagementScore', minViews: 1, limit: topSize }),
  ])
  return {
    ownerId,
    totalEntities,
    totalViews: tally.views,
    totalWatchTimeMs: tally.watchTimeMs,
    averageCompletionRate: completionRate(tally),
    totalSaves: tally.saves,
    totalShares: tally.shares,
    totalClicks: tally.clicks,
    engagementRate: engagementRate(tally),
    topEntities: top.map(toTopEntity),
  }
}

const toTopEntity = ({ entityType, entityId, title, tally }: RankedEntity) => ({
  entityType,
  entityId,
  title,
  views: tally.views,
  completionRate: completionRate(tally),
  engagementScore: engagementScore(tally),
})
