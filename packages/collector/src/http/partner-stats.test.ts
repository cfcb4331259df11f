import { compilePlan, definePlan, generalPlan } from '@tallymark/schemas'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { makePartnerToken } from '../activations/partner-token.ts'
import type { Activation, Store } from '../store/store.ts'
import { testCollector, testKeys } from '../testing/test-collector.ts'
import type { RequestLine } from './observe.ts'
import { keepLinkSecret, partnerStatsHandler } from './partner-stats.ts'
import { answerProblem } from './refusals.ts'

const { token, tokenHash } = makePartnerToken()

const fulfilled: Activation = {
  id: '0198a0a0-0000-7000-8000-000000000001',
  entityType: 'event',
  entityId: 'e-1',
  partner: 'Lantern Yard',
  kind: 'spotlight',
  startsAt: Date.UTC(2026, 0, 1),
  endsAt: Date.UTC(2026, 1, 1),
  status: 'fulfilled',
  tokenHash,
  createdAt: 0,
}

/** The route on one activation and on what happened in its span. */
function openLink(activation: Activation, { views = 8, asOf = null as number | null } = {}) {
  const asked: object[] = []
  const app = new Hono()
  app.onError(answerProblem((error) => expect.unreachable(String(error))))
  const store = {
    activation: async (id: string) => (id === activation.id ? activation : undefined),
    read: async (name: string, query: object) => {
      asked.push({ name, ...query })
      return { answer: { tally: { views, outboundClicks: 2, calendarAdds: 1 }, uniqueViewers: 0 }, asOf }
    },
  } as unknown as Pick<Store, 'activation' | 'read'>
  const handler = partnerStatsHandler({ plan: compilePlan(generalPlan), store })
  app.get('/v1/partner-stats/:activationId', keepLinkSecret, handler)
  const get = async (query: string, id = activation.id) => {
    const response = await app.request(`/v1/partner-stats/${id}${query}`)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { get, asked }
}

describe('a partner’s link', () => {
  test('shows the numbers of the entity within the span, and whose they are', async () => {
    const { get, asked } = openLink(fulfilled)
    const { status, text } = await get(`?token=${token}`)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({
      ...{ activationId: fulfilled.id, entityType: 'event', entityId: 'e-1', kind: 'spotlight' },
      ...{ startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-02-01T00:00:00.000Z' },
      ...{ views: 8, outboundClicks: 2, calendarAdds: 1, outboundRate: 25, calendarRate: 12.5 },
    })
    const range = { from: fulfilled.startsAt, to: fulfilled.endsAt }
    expect(asked).toMatchObject([{ name: 'activity', scope: { entityType: 'event', entityId: 'e-1' }, range }])
  })

  test('has rates of zero where nobody has viewed it', async () => {
    const { get } = openLink(fulfilled, { views: 0 })
    const { text } = await get(`?token=${token}`)
    expect(JSON.parse(text)).toMatchObject({ outboundRate: 0, calendarRate: 0 })
  })

  test('shows them as CSV, with a text that looks like a formula kept a text', async () => {
    const { get } = openLink({ ...fulfilled, entityId: '=1+1' })
    const { headers, text } = await get(`?token=${token}&format=csv`)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="partner-stats-${fulfilled.id}.csv"`)
    expect(text).toBe(
      [
        'activationId,entityType,entityId,kind,startsAt,endsAt,views,outboundClicks,calendarAdds,outboundRate,calendarRate',
        `${fulfilled.id},event,'=1+1,spotlight,2026-01-01T00:00:00.000Z,2026-02-01T00:00:00.000Z,8,2,1,25,12.5`,
        '',
      ].join('\r\n'),
    )
  })

  test('says the same, byte for byte, to a wrong id, a wrong token, no token and an activation that is not fulfilled', async () => {
    const { get, asked } = openLink(fulfilled)
    const answers = [
      await get(`?token=${token}`, '0198a0a0-0000-7000-8000-000000000002'),
      await get(`?token=${token}`, 'x'),
      await get(`?token=${token.slice(0, -1)}x`),
      await get(`?token=${tokenHash}`),
      await get('?token='),
      await get(''),
    ]
    for (const status of ['draft', 'active', 'cancelled'] as const) {
      const notYet = openLink({ ...fulfilled, status })
      answers.push(await notYet.get(`?token=${token}`), await notYet.get('?token=wrong&format=csv'))
    }
    const seen = answers.map(({ status, headers, text }) => {
      const { 'x-request-id': _, ...rest } = Object.fromEntries(headers)
      return JSON.stringify({ status, rest, text })
    })
    expect(new Set(seen).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 404 })
    expect(asked).toEqual([])
  })

  test('is kept from other sites, from caches and from search engines, whatever is answered', async () => {
    const { get } = openLink(fulfilled)
    for (const query of [`?token=${token}`, `?token=${token}&format=csv`, '?token=wrong', '?format=pdf']) {
      const { headers } = await get(query)
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(headers.get('x-robots-tag')).toBe('noindex')
    }
  })

  test('says up to when it is complete, where it lags', async () => {
    const { get } = openLink(fulfilled, { asOf: Date.UTC(2026, 1, 1) })
    expect((await get(`?token=${token}`)).headers.get('as-of')).toBe('2026-02-01T00:00:00.000Z')
  })

  test('works with what a mail program adds to it, and refuses a format that nobody knows before it looks at the token', async () => {
    const { get } = openLink(fulfilled)
    expect((await get(`?token=${token}&utm_source=mail`)).status).toBe(200)
    const [right, wrong] = [await get(`?token=${token}&format=pdf`), await get('?token=wrong&format=pdf')]
    expect([right.status, right.text]).toEqual([400, wrong.text])
  })
})

const listings = definePlan({
  name: 'listings',
  entities: { event: {} },
  events: {
    click: { on: ['event'], role: 'view' },
    outbound_click: { on: ['event'], role: 'outbound' },
    calendar_sync: { on: ['event'], role: 'calendar' },
  },
})

describe('a whole campaign', () => {
  test('ends with a link to what happened in its span, by the roles of the plan, which no log line has', async () => {
    const clock = { now: Date.UTC(2026, 0, 10, 12) }
    const lines: RequestLine[] = []
    const onRequest = (line: RequestLine) => lines.push(line)
    const { send, get, track, errors } = await testCollector({ plan: listings, now: () => clock.now, onRequest })
    const at = (day: number, eventType: string, entityId = 'e-1') =>
      track({ eventType, entityType: 'event', entityId, occurredAt: Date.UTC(2026, 0, day) }, 'secret')
    const campaign = {
      ...{ entityType: 'event', entityId: 'e-1', partner: 'Lantern Yard', kind: 'promoted', status: 'active' },
      ...{ startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-06T00:00:00Z' },
    }
    const made = (await send('POST', '/v1/activations', campaign, 'secret')).body as Record<string, string>
    for (const day of [1, 2, 3, 4, 5, 6]) await at(day, 'click')
    for (const day of [1, 5, 6]) await at(day, 'outbound_click')
    for (const day of [2, 3, 4]) await at(day, 'calendar_sync')
    await at(3, 'click', 'e-2')
    const bot = { 'user-agent': 'Googlebot/2.1' }
    const onDay3 = { entityType: 'event', entityId: 'e-1', occurredAt: Date.UTC(2026, 0, 3) }
    await track({ eventType: 'click', ...onDay3 }, 'write', bot)

    const link = `/v1/partner-stats/${made.activationId}?token=${made.token}`
    expect((await get(link, null)).status, 'before it is fulfilled').toBe(404)
    await send('PATCH', `/v1/activations/${made.activationId}`, { status: 'fulfilled' }, 'secret')
    const { status, body, headers } = await get(link, null)
    expect(status).toBe(200)
    expect(body).toMatchObject({ views: 4, outboundClicks: 1, calendarAdds: 3, outboundRate: 25, calendarRate: 75 })
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect((await get(`${link}&format=csv`, null)).body).toContain('promoted,2026-01-02T00:00:00.000Z')

    const rotated = await send('POST', `/v1/activations/${made.activationId}/rotate`, undefined, 'secret')
    const { token: fresh } = rotated.body as { token: string }
    expect((await get(link, null)).status, 'with the token of before').toBe(404)
    const again = `/v1/partner-stats/${made.activationId}?token=${fresh}`
    expect((await get(again, null)).body).toEqual(body)
    expect((await get(`${again}&key=${testKeys.write}`, null)).status).toBe(200)
    await send('PUT', '/v1/entities/event/e-1', {}, 'secret')
    await send('DELETE', '/v1/entities/event/e-1', undefined, 'secret')
    expect((await get(again, null)).body, 'whose listing has gone').toEqual(body)

    expect(lines.map(({ route }) => route)).toContain('/v1/partner-stats/:activationId')
    expect(JSON.stringify(lines)).not.toMatch(/tm_act_/)
    expect(errors).toEqual([])
  })
})
