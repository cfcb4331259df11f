import { engagementRate, isBounce, ratioOf, sessionScore } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { SessionView } from '../store/reads.ts'
import { isoTime } from './params.ts'
import { ReportRefusal, report } from './report.ts'

export const session = report({
  method: 'GET',
  path: '/v1/sessions/:sessionId',
  summary: 'One visit: who it was, how long it took, and what happened in it.',
  audience: 'server',
  query: z.strictObject({ sessionId: z.guid().toLowerCase() }),
  answer: z.object({
    sessionId: z.string(),
    actorId: z.string().nullable(),
    startedAt: z.string(),
    endedAt: z.string(),
    durationMs: z.int(),
    interactionCount: z.int(),
    pageViews: z.int(),
    bounced: z.boolean(),
    engagementScore: z.number(),
    entitiesViewed: z.int(),
    completions: z.int(),
    saves: z.int(),
    shares: z.int(),
    clicks: z.int(),
    averageWatchTimeMs: z.number(),
    engagementRate: z.number(),
  }),
  async run({ sessionId }, { read, roles }) {
    const found = await read('session', { sessionId, roles })
    if (!found) throw new ReportRefusal('not_found', 'nothing is known of a session with this id')
    return { sessionId, ...toAnswer(found) }
  },
})

function toAnswer({ startedAt, endedAt, interactions, tally, ...session }: SessionView) {
  const durationMs = endedAt - startedAt
  return {
    ...session,
    startedAt: isoTime(startedAt),
    endedAt: isoTime(endedAt),
    durationMs,
    interactionCount: interactions,
    bounced: isBounce(interactions),
    engagementScore: sessionScore(interactions, durationMs),
    completions: tally.completions,
    saves: tally.saves,
    shares: tally.shares,
    clicks: tally.clicks,
    averageWatchTimeMs: ratioOf(tally.watchTimeMs, tally.views),
    engagementRate: engagementRate(tally),
  }
}
