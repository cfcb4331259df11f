import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { makePartnerToken } from '../activations/partner-token.ts'
import type { Activation } from '../store/store.ts'
import { type EntityActivity, partnerStatsHandler } from './partner-stats.ts'
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
function openLink(activation: Activation, activity: EntityActivity = { views: 8, outboundClicks: 2, calendarAdds: 1 }) {
  const asked: object[] = []
  const app = new Hono()
  app.onError(answerProblem((error) => expect.unreachable(String(error))))
  const store = { activation: async (id: string) => (id === activation.id ? activation : undefined) }
  const readActivity = async (span: object) => {
    asked.push(span)
    return activity
  }
  app.get('/v1/partner-stats/:activationId', partnerStatsHandler({ store, readActivity }))
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
    expect(asked).toEqual([{ entityType: 'event', entityId: 'e-1', from: fulfilled.startsAt, to: fulfilled.endsAt }])
  })

  test('has rates of zero where nobody has viewed it', async () => {
    const { get } = openLink(fulfilled, { views: 0, outboundClicks: 3, calendarAdds: 0 })
    const { text } = await get(`?token=${token}`)
    expect(JSON.parse(text)).toMatchObject({ outboundRate: 0, calendarRate: 0 })
  })

  test('shows them as CSV, with a text that looks like a formula kept a text', async () => {
    const { get } = openLink({ ...fulfilled, entityId: '=1+1' })
    const { headers, text } = await get(`?token=${token}&format=csv`)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
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

  test('works with what a mail program adds to it, and refuses a format that nobody knows before it looks at the token', async () => {
    const { get } = openLink(fulfilled)
    expect((await get(`?token=${token}&utm_source=mail`)).status).toBe(200)
    const [right, wrong] = [await get(`?token=${token}&format=pdf`), await get('?token=wrong&format=pdf')]
    expect([right.status, right.text]).toEqual([400, wrong.text])
  })
})
