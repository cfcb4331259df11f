import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { byHand, distinct, historyNow, isBetween, ownerOf, play, someHistory, viewerOf } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'
import { bucketsOf } from './timeseries.ts'

const dayMs = 86_400_000

const fieldOf = (json: string | null, name: string) =>
  (JSON.parse(json ?? '{}') as Record<string, string>)[name] ?? null

const valueIn: Record<string, (event: NewEvent) => string | null> = {
  eventType: ({ eventType }) => eventType,
  entityType: ({ entityType }) => entityType,
  entityId: ({ entityId }) => entityId,
  ownerId: (event) => ownerOf(event) ?? null,
  surface: ({ surface }) => surface,
  source: ({ source }) => source,
  channel: ({ channel }) => channel,
  device: ({ agent }) => fieldOf(agent, 'device'),
  browser: ({ agent }) => fieldOf(agent, 'browser'),
  os: ({ agent }) => fieldOf(agent, 'os'),
  country: ({ country }) => country,
  utmSource: ({ campaign }) => fieldOf(campaign, 'utmSource'),
  utmMedium: ({ campaign }) => fieldOf(campaign, 'utmMedium'),
  utmCampaign: ({ campaign }) => fieldOf(campaign, 'utmCampaign'),
}

function measuresByHand(events: readonly NewEvent[]) {
  const { views, clicks, saves, shares, completions, likes, unlikes, ...rest } = byHand(events)
  const of = (type: string) => events.filter(({ eventType }) => eventType === type).length
  return {
    events: events.length,
    unique: distinct(events.map(viewerOf)),
    sessions: distinct(events.map(({ sessionId }) => sessionId)),
    views,
    uniqueViewers: rest.uniqueViewers,
    clicks,
    likes: Math.max(0, likes - unlikes),
    saves,
    shares,
    completions,
    skips: rest.skips,
    impressions: of('impression'),
    outboundClicks: of('outbound'),
    calendarAdds: of('calendar'),
    pageViews: of('page_view'),
    searches: of('search'),
    filters: of('filter'),
    watchTimeMs: rest.watchTimeMs,
    completionRate: views && Math.min(100, (100 * completions) / views),
    engagementRate: views && (100 * (saves + shares + clicks)) / views,
    saveRate: views && (100 * saves) / views,
  }
}

test('a report of one’s own is what grouping by hand says, by any dimensions, filters and interval', async () => {
  const names = Object.keys(valueIn)
  const question = fc.record({
    dimensions: fc.subarray(names, { maxLength: 3 }),
    filter: fc.option(
      fc.constantFrom(['surface', 'explore'], ['country', [null, 'FR']], ['entityId', 1], ['device', 'mobile']),
    ),
    interval: fc.constantFrom('day' as const, 'week' as const, undefined),
    measures: fc.constantFrom(Object.keys(measuresByHand([])), ['unique', 'events'], ['sessions']),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, fc.array(question, { minLength: 6, maxLength: 6 }), async (history, asked) => {
      const { collector, events } = await play(history)
      const from = historyNow - 20 * dayMs
      const to = historyNow - dayMs / 3
      for (const { dimensions, filter, interval, measures } of asked) {
        const [filtered = '', wanted] = (filter ?? []) as [string?, unknown?]
        const meant = events
          .filter((event) => isBetween(event, from, to))
          .filter(
            (event) =>
              !filter ||
              [wanted]
                .flat()
                .map((each) => each && String(each))
                .includes(valueIn[filtered]?.(event) ?? null),
          )
        const startOf = (ms: number) =>
          bucketsOf({ from: Math.max(from, ms), to: Math.max(from, ms) + 1 }, interval ?? 'day', 'Asia/Tokyo')[0]
        const keyOf = (event: NewEvent) => ({
          ...(interval && { t: new Date(startOf(event.occurredAt) ?? 0).toISOString() }),
          ...Object.fromEntries(dimensions.map((name) => [name, valueIn[name]?.(event) ?? null])),
        })
        const byKey = Map.groupBy(meant, (event) => JSON.stringify(keyOf(event)))
        if (dimensions.length === 0 && !interval && meant.length === 0) byKey.set('{}', [])
        const body = {
          measures,
          dimensions,
          filters: filter ? { [filtered]: wanted } : {},
          interval,
          timezone: 'Asia/Tokyo',
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
        }
        const answer = await collector.send('POST', '/v1/reports/query', body, 'secret')
        const measured = (own: readonly NewEvent[]) =>
          Object.fromEntries(Object.entries(measuresByHand(own)).filter(([measure]) => measures.includes(measure)))
        const rows = [...byKey].map(([key, own]) => ({ ...JSON.parse(key), ...measured(own) }))
        const sorted = (list: readonly object[]) =>
          list.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()
        expect(sorted((answer.body as { rows: object[] }).rows)).toEqual(sorted(rows))
      }
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

test('more rows than anybody reads are refused, and so are measures and event types that there are not', async () => {
  const { send, store } = await testCollector({
    plan: { name: 'p', entities: { page: {} }, events: { view: { on: 'any' } } },
    now: () => historyNow,
  })
  const ask = (query: object) => send('POST', '/v1/reports/query', { measures: ['events'], ...query }, 'secret')
  await store.append(
    Array.from({ length: 10_001 }, (_, n) =>
      newEvent({ entityType: 'page', entityId: String(n), receivedAt: historyNow }),
    ),
  )
  // So many may take longer to be folded than a report waits for.
  await store.flush()
  const { status, body } = await ask({ dimensions: ['entityId'] })
  expect([status, codeOf(body)]).toEqual([400, 'invalid_request'])
  expect((body as { detail: string }).detail).toContain('10000 rows')
  expect((await ask({ dimensions: ['entityType'] })).body).toEqual({ rows: [{ entityType: 'page', events: 10_001 }] })
  expect((await ask({ measures: ['money'] })).status).toBe(400)
  expect((await ask({ filters: { eventType: 'purchase' } })).status).toBe(400)
})

test('a body takes what the report has, and the format stands in the URL alone', async () => {
  const { send } = await testCollector()
  const ask = (body: unknown, format = '') => send('POST', `/v1/reports/query${format}`, body, 'secret')
  const inUrl = await ask({ measures: ['events'] }, '?format=csv')
  expect([inUrl.status, inUrl.body]).toEqual([200, 'events\r\n0\r\n'])
  const inBody = await ask({ measures: ['events'], format: 'csv' })
  expect(inBody.body).toMatchObject({ code: 'unrecognized_keys', errors: [{ pointer: '/format' }] })
  for (const body of [null, [], [{ measures: ['events'] }]]) {
    expect(codeOf((await ask(body)).body)).toBe('invalid_request')
  }
})
