import { type CompiledPlan, type PartnerStats, partnerStatsQuerySchema, partnerStatsSchema } from '@tallymark/schemas'
import { percentOf, type Tally } from '@tallymark/schemas/metrics'
import type { Handler, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { isPartnerToken } from '../activations/partner-token.ts'
import { rolesOf } from '../reports/roles.ts'
import type { Activation, Store } from '../store/store.ts'
import { asOfHeader } from './caching.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, type Operation } from './operation.ts'
import { parseParams, readParams } from './query.ts'
import { sendRows } from './tables.ts'

interface PartnerStatsDependencies {
  plan: CompiledPlan
  store: Pick<Store, 'activation' | 'read'>
}

/** The token stands in the link: no other site may see it, no cache keep it, no search engine find it. */
export const keepLinkSecret: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'private, no-store')
  c.header('X-Robots-Tag', 'noindex')
}

const partnerStats = {
  id: 'getPartnerStats',
  tag: 'Activations',
  summary: 'What a partner’s campaign has brought',
  description: `For whoever has the link, without a key. A wrong id, a wrong token and an activation that is not fulfilled
are answered alike.`,
  params: z.object({ activationId: z.string() }),
  query: partnerStatsQuerySchema,
  answers: {
    200: {
      description: 'The numbers of the activation’s span',
      content: { 'application/json': partnerStatsSchema, 'text/csv': z.string() },
    },
  },
  problems: ['not_found'],
} satisfies Operation

/**
 * `GET /v1/partner-stats/{activationId}?token&format`: what a partner's campaign has brought, for whoever has the link.
 * A wrong id, a wrong token and an activation that is not fulfilled are answered alike.
 */
export function partnerStatsHandler({ plan, store }: PartnerStatsDependencies): Handler {
  const roles = rolesOf(plan)
  return described(partnerStats, async (c) => {
    const { token = '', format } = parseParams(partnerStats.query, c.req.query(), true)
    const activation = await store.activation(readParams(c, partnerStats.params).activationId)
    const isTheirs = isPartnerToken(token, activation?.tokenHash)
    if (!activation || !isTheirs || activation.status !== 'fulfilled') {
      throw new HttpProblem('not_found', 'there is nothing under this link')
    }
    const { id, entityType, entityId, startsAt, endsAt } = activation
    const range = { from: startsAt, to: endsAt }
    const { answer, asOf } = await store.read('activity', { scope: { entityType, entityId }, range, roles })
    const stats = toStats(activation, answer.tally)
    const headers = asOfHeader(asOf)
    if (format === 'json') return sendJson(c, stats, { headers })
    const named = { ...headers, 'Content-Disposition': `attachment; filename="partner-stats-${id}.csv"` }
    return sendRows(c, [stats], format, named)
  })
}

function toStats(
  { id, entityType, entityId, kind, startsAt, endsAt }: Activation,
  { views, outboundClicks, calendarAdds }: Tally,
): PartnerStats {
  return {
    activationId: id,
    entityType,
    entityId,
    kind,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    views,
    outboundClicks,
    calendarAdds,
    outboundRate: percentOf(outboundClicks, views),
    calendarRate: percentOf(calendarAdds, views),
  }
}
