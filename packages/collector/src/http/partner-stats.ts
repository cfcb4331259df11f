import { type CompiledPlan, type PartnerStats, partnerStatsQuerySchema } from '@tallymark/schemas'
import { percentOf, type Tally } from '@tallymark/schemas/metrics'
import type { Handler, MiddlewareHandler } from 'hono'
import { isPartnerToken } from '../activations/partner-token.ts'
import type { Activation, Store } from '../store/store.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { parseParams } from './query.ts'
import { rolesOf } from './reports.ts'
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

/**
 * `GET /v1/partner-stats/{activationId}?token&format`: what a partner's campaign has brought, for whoever has the link.
 * A wrong id, a wrong token and an activation that is not fulfilled are answered alike.
 */
export function partnerStatsHandler({ plan, store }: PartnerStatsDependencies): Handler {
  const roles = rolesOf(plan)
  return async (c) => {
    const { token = '', format } = parseParams(partnerStatsQuerySchema, c.req.query(), true)
    const activation = await store.activation(c.req.param('activationId') ?? '')
    const isTheirs = isPartnerToken(token, activation?.tokenHash)
    if (!activation || !isTheirs || activation.status !== 'fulfilled') {
      throw new HttpProblem('not_found', 'there is nothing under this link')
    }
    const { id, entityType, entityId, startsAt, endsAt } = activation
    const range = { from: startsAt, to: endsAt }
    const { answer, asOf } = await store.read('activity', { scope: { entityType, entityId }, range, roles })
    const stats = toStats(activation, answer.tally)
    const headers = { ...(asOf !== null && { 'As-Of': new Date(asOf).toISOString() }) }
    if (format === 'json') return sendJson(c, stats, { headers })
    const named = { ...headers, 'Content-Disposition': `attachment; filename="partner-stats-${id}.csv"` }
    return sendRows(c, [stats], format, named)
  }
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
