import { trendingScore } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { RisingEntity } from '../store/reads.ts'
import { entityTypeParam, limitParam } from './params.ts'
import { type Asking, ReportRefusal, report } from './report.ts'

const dayMs = 86_400_000

export const trending = report({
  method: 'GET',
  path: '/v1/trending',
  summary:
    'Entities that are on the rise: more views and likes than in the same length of time before, the newer the better.',
  audience: 'public',
  query: z.strictObject({ entityType: entityTypeParam.optional(), limit: limitParam(10, 100) }),
  answer: z.object({
    items: z.array(
      z.object({
        entityType: z.string(),
        entityId: z.string(),
        title: z.string().nullable(),
        score: z.number(),
        velocity: z.number(),
        likeVelocity: z.number(),
        viewVelocity: z.number(),
        recentViews: z.int(),
        previousViews: z.int(),
        recentLikes: z.int(),
        previousLikes: z.int(),
        daysOld: z.number(),
      }),
    ),
  }),
  async run({ entityType, limit }, asking) {
    if (asking.publicOnly) requirePublic(asking)
    const { read, roles, now, trending: rule, publicOnly } = asking
    const rising = await read('rising', { entityType, limit, roles, now, ...rule, publicOnly })
    return { items: rising.map((entity) => toItem(entity, asking)) }
  },
  rows: ({ items }) => items,
})

/** Who may read the counts may read what is made of them. */
function requirePublic({ roles: { view = [], like = [], unlike = [] }, plan }: Asking): void {
  const secret = [...view, ...like, ...unlike].filter((type) => !plan.publicEvents.includes(type))
  if (secret.length === 0) return
  throw new ReportRefusal('forbidden', 'a write key reads trending only where the plan marks views and likes public')
}

function toItem({ recent, previous, bornAt, ...entity }: RisingEntity, { now, trending: { weights } }: Asking) {
  const daysOld = Math.max(0, (now - bornAt) / dayMs)
  const likes = { recent: recent.likes, previous: previous.likes }
  const views = { recent: recent.views, previous: previous.views }
  const { score, velocity, likeVelocity, viewVelocity } = trendingScore(likes, views, daysOld, weights)
  return {
    ...entity,
    score,
    velocity,
    likeVelocity,
    viewVelocity,
    recentViews: recent.views,
    previousViews: previous.views,
    recentLikes: recent.likes,
    previousLikes: previous.likes,
    daysOld,
  }
}
