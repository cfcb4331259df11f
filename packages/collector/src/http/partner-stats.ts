import { type PartnerStats, partnerStatsQuerySchema } from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { isPartnerToken } from '../activations/partner-token.ts'
import type { Activation, Store } from '../store/store.ts'
import { toCsv } from './csv.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { parseQuery } from './query.ts'

/** What happened on an entity within a span of time, half-open. */
export interface EntityActivity {
  views: number
  outboundClicks: number
  calendarAdds: number
}

interface PartnerStatsDependencies {
  store: Pick<Store, 'activation'>
  readActivity: (span: { entityType: string; entityId: string; from: number; to: number }) => Promise<EntityActivity>
}

/** The token stands in the link: no other site may see it, no cache keep it, no search engine find it. */
const secretLink = {
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'private, no-store',
  'X-Robots-Tag': 'noindex',
}

/**
 * `GET /v1/partner-stats/{activationId}?token&format`: what a partner's campaign has brought, for whoever has the link.
 * A wrong id, a wrong token and an activation that is not fulfilled are answered alike.
 */
export function partnerStatsHandler({ store, readActivity }: PartnerStatsDependencies): Handler {
  return async (c) => {
    for (const [name, value] of Object.entries(secretLink)) c.header(name, value)
    const { token = '', format } = parseQuery(partnerStatsQuerySchema, c)
    const activation = await store.activation(c.req.param('activationId') ?? '')
    const isTheirs = isPartnerToken(token, activation?.tokenHash)
    if (!activation || !isTheirs || activation.status !== 'fulfilled') {
      throw new HttpProblem('not_found', 'there is nothing under this link')
    }
    const { entityType, entityId, startsAt, endsAt } = activation
    const stats = toStats(activation, await readActivity({ entityType, entityId, from: startsAt, to: endsAt }))
    return format === 'csv' ? sendCsv(c, stats) : sendJson(c, stats)
  }
}

function sendCsv(c: Context, stats: PartnerStats): Response {
  return c.body(toCsv(Object.keys(stats), [{ ...stats }]), 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="partner-stats-${stats.activationId}.csv"`,
  })
}

function toStats(activation: Activation, { views, outboundClicks, calendarAdds }: EntityActivity): PartnerStats {
  const { id, entityType, entityId, kind, startsAt, endsAt } = activation
  const rate = (count: number) => (views === 0 ? 0 : (100 * count) / views)
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
    outboundRate: rate(outboundClicks),
    calendarRate: rate(calendarAdds),
  }
}
