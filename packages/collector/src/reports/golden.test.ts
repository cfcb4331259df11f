import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { goldenCollector, goldenNow, goldenSession } from '../testing/golden-history.ts'
import { userToken } from '../testing/test-collector.ts'
import { reports } from './reports.ts'

// What each report says of a history of 27 events and a bot's, counted by hand. As it takes no code to come by these
// numbers, they hold the code, its formulas and the brute force of the other tests.

/** A third, and two, of what is a whole in percent. */
const third = 100 / 3
const twoThirds = 200 / 3

const nobody = '00000000-0000-4000-8000-000000000'
const film = (entityId: string, title: string) => ({ entityType: 'film', entityId, title })
const [alpha, beta, gamma] = [film('1', 'Alpha'), film('2', 'Beta'), film('3', 'Gamma')]

// Alpha and Beta: 3 + 3 views, 180 s of Alpha, 70 + 5 (skipped) of Beta; completed 2 of 6; 2 saves, 1 share, 1 click.
const ada = {
  ownerId: 'ada',
  totalEntities: 2,
  totalViews: 6,
  totalWatchTimeMs: 255_000,
  averageCompletionRate: third,
  totalSaves: 2,
  totalShares: 1,
  totalClicks: 1,
  engagementRate: (100 * 4) / 6,
  topEntities: [
    { ...alpha, views: 3, completionRate: twoThirds, engagementScore: 50 },
    { ...beta, views: 3, completionRate: 0, engagementScore: 0 },
  ],
}

const answers: Record<string, { body?: object; says: unknown }> = {
  // Views by Ann 60 s, Ben 30 s, Dora 90 s: 180 s / 3 = 60 s. Ann and Dora saw the end: 2 / 3. Both saved it, Ann
  // clicked: (2 + 0 + 1) / 3 = 100 %. Score: (40 · 2 + 30 · 2 + 20 · 0 + 10 · 1 − 20 · 0) / 3 = 150 / 3 = 50.
  'GET /v1/entities/film/1/analytics': {
    says: {
      entityType: 'film',
      entityId: '1',
      totalViews: 3,
      uniqueViewers: 3,
      totalWatchTimeMs: 180_000,
      averageWatchTimeMs: 60_000,
      completionRate: twoThirds,
      completions: 2,
      saves: 2,
      shares: 0,
      clicks: 1,
      skips: 0,
      likes: 1,
      saveRate: twoThirds,
      engagementRate: 100,
      engagementScore: 50,
    },
  },
  'GET /v1/owners/ada/analytics': { says: ada },
  'GET /v1/me/analytics': { says: ada },
  // 9:00:00 to 9:06:00 = 360 s. Page view, exposure, click, view, save: 5; the two impressions are no interactions.
  // Score: 2 · 5 + 20 for five minutes = 30. Engagements: a save and a click on one view = 200 %.
  [`GET /v1/sessions/${goldenSession(1)}`]: {
    says: {
      sessionId: goldenSession(1),
      actorId: null,
      startedAt: '2026-03-09T09:00:00.000Z',
      endedAt: '2026-03-09T09:06:00.000Z',
      durationMs: 360_000,
      interactionCount: 5,
      pageViews: 1,
      bounced: false,
      engagementScore: 30,
      entitiesViewed: 1,
      completions: 1,
      saves: 1,
      shares: 0,
      clicks: 1,
      averageWatchTimeMs: 60_000,
      engagementRate: 200,
    },
  },
  // Since Tuesday noon: views by Cat 20 s, Dora 90 s (to the end), Ben 40 s and 0 s, Cat 0 s: 5 by 3, 150 s. Sessions: 4
  // (0 s, one interaction), 5 (20 min), 6 (4 min): 24 min / 3 = 8 min. A save and a share: 2 / 5. From Monday noon to
  // then: Ann's session, one view of 10 s and a skip after 5 s, 30 s from one to the other.
  'GET /v1/reports/overview?period=day': {
    says: {
      period: 'day',
      from: '2026-03-10T12:00:00.000Z',
      to: '2026-03-11T12:00:00.000Z',
      totalViews: 5,
      totalUniqueViewers: 3,
      totalWatchTimeMs: 150_000,
      averageSessionDurationMs: 480_000,
      totalSessions: 3,
      bounceRate: third,
      averageCompletionRate: 20,
      totalEngagements: 2,
      engagementRate: 40,
      previous: {
        totalViews: 1,
        totalUniqueViewers: 1,
        totalWatchTimeMs: 15_000,
        averageSessionDurationMs: 30_000,
        totalSessions: 1,
        bounceRate: 0,
        averageCompletionRate: 0,
        totalEngagements: 0,
        engagementRate: 0,
      },
      // 100 · (5 − 1) / 1; 100 · (3 − 1) / 1; 100 · (150 − 15) / 15; 100 · (480 − 30) / 30; 100 · (3 − 1) / 1.
      change: {
        totalViews: 400,
        totalUniqueViewers: 200,
        totalWatchTimeMs: 900,
        averageSessionDurationMs: 1500,
        totalSessions: 200,
        bounceRate: null,
        averageCompletionRate: null,
        totalEngagements: null,
        engagementRate: null,
      },
    },
  },
  // Gamma was viewed twice, by Ben and by Cat, and once more by a bot; Ben went on from it and put it into a calendar.
  'GET /v1/reports/engagement?entityType=film': {
    says: {
      items: [
        { ...alpha, views: 3, outboundClicks: 0, calendarAdds: 0, outboundRate: 0, calendarRate: 0 },
        { ...beta, views: 3, outboundClicks: 0, calendarAdds: 0, outboundRate: 0, calendarRate: 0 },
        { ...gamma, views: 2, outboundClicks: 1, calendarAdds: 1, outboundRate: 50, calendarRate: 50 },
      ],
      nextCursor: null,
    },
  },
  'GET /v1/reports/engagement?format=csv': {
    says: [
      'entityType,entityId,title,views,outboundClicks,calendarAdds,outboundRate,calendarRate',
      'film,1,Alpha,3,0,0,0,0',
      'film,2,Beta,3,0,0,0,0',
      'film,3,Gamma,2,1,1,50,50',
      '',
    ].join('\r\n'),
  },
  // Since Tuesday noon. Beta: a share on 2 views, 20 / 2 = 10. Alpha: completed and saved, 40 + 30 = 70 on one view.
  'GET /v1/top?by=views&period=day': {
    says: {
      items: [
        { ...beta, value: 2, views: 2, completionRate: 0, engagementScore: 10 },
        { ...gamma, value: 2, views: 2, completionRate: 0, engagementScore: 0 },
        { ...alpha, value: 1, views: 1, completionRate: 100, engagementScore: 70 },
      ],
    },
  },
  'GET /v1/top?period=all&limit=1': {
    says: { items: [{ ...alpha, value: 50, views: 3, completionRate: twoThirds, engagementScore: 50 }] },
  },
  // Both windows end at noon. Alpha: a view and a like where there were none: 0.7 · 1 + 0.3 · 1 = 1, ten days old:
  // 1 / (1 + 0.1 · 10) = 0.5. Gamma: 2 views after none: 0.3 · 2 = 0.6, five days old: 0.6 / 1.5 = 0.4. Beta: 2 views
  // after 1: 0.3 · (2 − 1) / 1 = 0.3, ten days old: 0.3 / 2 = 0.15.
  'GET /v1/trending': {
    says: {
      items: [
        {
          ...{ ...alpha, score: 0.5, velocity: 1, likeVelocity: 1, viewVelocity: 1 },
          ...{ recentViews: 1, previousViews: 0, recentLikes: 1, previousLikes: 0, daysOld: 10 },
        },
        {
          ...{ ...gamma, score: 0.4, velocity: 0.6, likeVelocity: 0, viewVelocity: 2 },
          ...{ recentViews: 2, previousViews: 0, recentLikes: 0, previousLikes: 0, daysOld: 5 },
        },
        {
          ...{ ...beta, score: 0.15, velocity: 0.3, likeVelocity: 0, viewVelocity: 1 },
          ...{ recentViews: 2, previousViews: 1, recentLikes: 0, previousLikes: 0, daysOld: 10 },
        },
      ],
    },
  },
  // Monday Ann and Ben; Tuesday Ann, Cat and Dora; Wednesday Ben twice and Cat.
  'GET /v1/reports/timeseries?eventType=view&from=2026-03-08&to=2026-03-12': {
    says: {
      points: [
        { t: '2026-03-08T00:00:00.000Z', count: 0, unique: 0 },
        { t: '2026-03-09T00:00:00.000Z', count: 2, unique: 2 },
        { t: '2026-03-10T00:00:00.000Z', count: 3, unique: 3 },
        { t: '2026-03-11T00:00:00.000Z', count: 3, unique: 2 },
      ],
    },
  },
  // Ben searched for jazz on two days, and mistyped it once.
  'GET /v1/reports/discovery': {
    says: {
      searches: [
        { query: 'jazz', count: 2, unique: 1, zeroResults: 0 },
        { query: 'jaz', count: 1, unique: 1, zeroResults: 1 },
      ],
      filters: [{ filter: 'genre', value: 'jazz', count: 1 }],
    },
  },
  // Alpha was first at home, where Ann clicked on it, and in Ben's search; Beta was second at home.
  'GET /v1/reports/ctr': {
    says: {
      rows: [
        { key: 0, impressions: 2, clicks: 1, ctr: 50 },
        { key: 1, impressions: 1, clicks: 0, ctr: 0 },
      ],
    },
  },
  'GET /v1/reports/ctr?by=surface': {
    says: {
      rows: [
        { key: 'home', impressions: 2, clicks: 1, ctr: 50 },
        { key: 'search', impressions: 1, clicks: 0, ctr: 0 },
      ],
    },
  },
  // Berlin is an hour ahead: 9:01, 10:02; 8:00, 14:00, 15:01; 10:01, 10:02, 11:00.
  'GET /v1/reports/heatmap?eventType=view&timezone=Europe/Berlin': {
    says: {
      cells: Array.from({ length: 168 }, (_, n) => {
        const monday = { 10: 1, 11: 1 }
        const tuesday = { 9: 1, 15: 1, 16: 1 }
        const wednesday = { 11: 2, 12: 1 }
        const days: Record<number, number>[] = [monday, tuesday, wednesday]
        const hour = n % 24
        return { weekday: (n - hour) / 24 + 1, hour, count: days[(n - hour) / 24]?.[hour] ?? 0 }
      }),
    },
  },
  // Monday: Ann and Ben are new; Ann comes back on Tuesday, Ben on Wednesday. Tuesday: Cat and Dora; Cat comes back.
  'GET /v1/reports/retention?interval=day&periods=3': {
    says: {
      cohorts: [
        { start: '2026-03-09T00:00:00.000Z', size: 2, retained: [2, 1, 1] },
        { start: '2026-03-10T00:00:00.000Z', size: 2, retained: [2, 1] },
        { start: '2026-03-11T00:00:00.000Z', size: 0, retained: [0] },
      ],
    },
  },
  // All four viewed something; Ann and Dora saved after it, and Dora shared after that, 19 minutes after her view.
  'POST /v1/reports/funnel': {
    body: { steps: [{ eventType: 'view' }, { eventType: 'save' }, { eventType: 'share' }], windowMs: 3_600_000 },
    says: {
      steps: [
        { eventType: 'view', count: 4, conversion: 100 },
        { eventType: 'save', count: 2, conversion: 50 },
        { eventType: 'share', count: 1, conversion: 25 },
      ],
    },
  },
  'GET /v1/reports/funnel?name=shared&from=2026-03-09': {
    says: {
      steps: [
        { eventType: 'view', count: 4, conversion: 100 },
        { eventType: 'save', count: 2, conversion: 50 },
        { eventType: 'share', count: 1, conversion: 25 },
      ],
    },
  },
  // Sessions 1 (Ann) and 5 (Dora) came by e-mail, and saved; 3 (Ann) and 4 (Cat) were direct, 2 (Ben) came by search.
  // Ben's session 6 says nothing, and neither does what Cat did outside any session.
  'GET /v1/reports/attribution?goal=save': {
    says: {
      rows: [
        { key: 'email', visitors: 2, sessions: 2, conversions: 2, conversionRate: 100 },
        { key: null, visitors: 2, sessions: 1, conversions: 0, conversionRate: 0 },
        { key: 'direct', visitors: 2, sessions: 2, conversions: 0, conversionRate: 0 },
        { key: 'organic_search', visitors: 1, sessions: 1, conversions: 0, conversionRate: 0 },
      ],
    },
  },
  // Ann's and Dora's first touch was the newsletter (sessions 1, 3 and 5), Ben's a search (2 and 6), Cat's direct (4).
  'GET /v1/reports/attribution?goal=save&model=first': {
    says: {
      rows: [
        { key: 'email', visitors: 2, sessions: 3, conversions: 2, conversionRate: 100 },
        { key: 'direct', visitors: 1, sessions: 1, conversions: 0, conversionRate: 0 },
        { key: 'organic_search', visitors: 1, sessions: 2, conversions: 0, conversionRate: 0 },
      ],
    },
  },
  // Control: Ann, who saved. Large: Ben, who did not, and Dora, who did: 50 %, half of 100 %. The one of the three who
  // did not save may as well have been any: in 2 of 3 cases it is one of large, as here, in 1 of 3 Ann. By Fisher's test
  // both are at most as probable as what happened: 2/3 + 1/3 = 1.
  'GET /v1/reports/experiment?name=poster&goal=save': {
    says: {
      variants: [
        { variant: 'control', exposures: 1, conversions: 1, rate: 100, lift: null, pValue: null },
        { variant: 'large', exposures: 2, conversions: 1, rate: 50, lift: -50, pValue: 1 },
      ],
    },
  },
  // Two views: Ann 2, Ben 3, Cat 2; Ann has saved.
  'GET /v1/reports/segments?did=view&minCount=2&didNot=save': {
    says: {
      items: [
        {
          ...{ actorId: null, email: null, anonymousId: `${nobody}002` },
          ...{ count: 3, firstSeen: '2026-03-09T10:02:00.000Z', lastSeen: '2026-03-11T10:02:00.000Z' },
        },
        {
          ...{ actorId: null, email: null, anonymousId: `${nobody}003` },
          ...{ count: 2, firstSeen: '2026-03-10T14:00:00.000Z', lastSeen: '2026-03-11T11:00:00.000Z' },
        },
      ],
      nextCursor: null,
    },
  },
  'GET /v1/reports/segments?did=share': {
    says: {
      items: [
        {
          ...{ actorId: 'dora', email: 'dora@example.com', anonymousId: null },
          ...{ count: 1, firstSeen: '2026-03-10T15:20:00.000Z', lastSeen: '2026-03-10T15:20:00.000Z' },
        },
      ],
      nextCursor: null,
    },
  },
  // Ada's six views took 60 + 30 + 90 and 10 + 20 + 40 s, by all four; Bob's two took no time, by Ben and Cat.
  'POST /v1/reports/query': {
    body: {
      measures: ['views', 'uniqueViewers', 'watchTimeMs', 'completionRate'],
      dimensions: ['ownerId'],
      filters: { eventType: 'view' },
    },
    says: {
      rows: [
        { ownerId: 'ada', views: 6, uniqueViewers: 4, watchTimeMs: 250_000, completionRate: third },
        { ownerId: 'bob', views: 2, uniqueViewers: 2, watchTimeMs: 0, completionRate: 0 },
      ],
    },
  },
  'GET /v1/counts?entityType=film&entityId=1&entityId=3&eventType=view&eventType=save': {
    says: {
      counts: {
        1: { view: { count: 3, unique: 3 }, save: { count: 2, unique: 2 } },
        3: { view: { count: 2, unique: 2 }, save: { count: 0, unique: 0 } },
      },
    },
  },
}

type Collector = Awaited<ReturnType<typeof goldenCollector>>

async function ask({ send }: Collector, request: string, body?: object): Promise<unknown> {
  const [method = '', path = ''] = request.split(' ')
  const headers = path.startsWith('/v1/me/') ? { 'x-user-token': await userToken({ sub: 'ada' }) } : undefined
  return (await send(method, path, body, 'secret', headers)).body
}

/** As much of a number as is the same however it was come by. */
const rounded = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)))

test('reports say what was counted by hand', async () => {
  const collector = await goldenCollector()
  for (const [request, { body, says }] of Object.entries(answers)) {
    expect.soft(rounded(await ask(collector, request, body)), request).toEqual(rounded(says))
  }
})

test('they say so, too, when the days are summed up', async () => {
  const collector = await goldenCollector()
  await collector.store.flush()
  expect(await collector.store.summarise({ events: 1, share: 0.2 })).toBe(3)
  for (const [request, { body, says }] of Object.entries(answers)) {
    expect.soft(rounded(await ask(collector, request, body)), request).toEqual(rounded(says))
  }
})

test('pruned days keep their counts, and of each how many its viewers were', async () => {
  const clock = { now: goldenNow }
  const collector = await goldenCollector({ now: () => clock.now, keepDays: 31 })
  const march = 'from=2026-03-01&to=2026-04-01'
  const views = `GET /v1/reports/timeseries?eventType=view&interval=month&${march}`
  expect(await ask(collector, views)).toMatchObject({ points: [{ count: 8, unique: 4 }] })
  clock.now += 40 * 86_400_000
  await collector.send('POST', '/v1/admin/retention', undefined, 'admin')
  // Two on Monday, three on Tuesday, two on Wednesday.
  expect(await ask(collector, views)).toMatchObject({ points: [{ count: 8, unique: 7 }] })
  const alphas = 'GET /v1/entities/film/1/analytics'
  expect(rounded(await ask(collector, alphas))).toEqual(rounded(answers[alphas]?.says))
  const goals = `GET /v1/reports/attribution?goal=save&${march}`
  for (const model of ['last', 'first']) {
    expect(await ask(collector, `${goals}&model=${model}`)).toMatchObject({
      rows: [{ visitors: 0, conversions: 2 }, { visitors: 0 }, {}, {}],
    })
  }
  expect(await ask(collector, 'GET /v1/reports/segments?did=view')).toEqual({ items: [], nextCursor: null })
  const viewed = { steps: [{ eventType: 'view' }], windowMs: 0 }
  expect(await ask(collector, 'POST /v1/reports/funnel', viewed)).toMatchObject({ steps: [{ count: 0 }] })
  expect(await ask(collector, 'GET /v1/reports/funnel?name=shared')).toMatchObject({ steps: [{ count: 0 }, {}, {}] })
})

test('every report is among them', () => {
  const paths = Object.keys(answers).map((request) => request.split('?')[0])
  const missing = reports.filter(({ method, path }) => {
    const pattern = new RegExp(`^${method} ${path.replace(/:\w+/g, '[^/]+')}$`)
    return !paths.some((asked) => pattern.test(asked ?? ''))
  })
  expect(missing.map(({ path }) => path)).toEqual([])
})

test('a partner sees the numbers of the span, and machines every row', async () => {
  const collector = await goldenCollector()
  // Wednesday from ten to half past: Ben's view, and what he did after it. Cat came later.
  const span = { startsAt: '2026-03-11T10:00:00Z', endsAt: '2026-03-11T10:30:00Z' }
  const spotlight = { entityType: 'film', entityId: '3', partner: 'Bob', kind: 'spotlight', status: 'active', ...span }
  const { activationId, token } = (await collector.send('POST', '/v1/activations', spotlight, 'secret')).body as {
    activationId: string
    token: string
  }
  await collector.send('PATCH', `/v1/activations/${activationId}`, { status: 'fulfilled' }, 'secret')
  expect(await ask(collector, `GET /v1/partner-stats/${activationId}?token=${token}`)).toMatchObject({
    ...{ views: 1, outboundClicks: 1, calendarAdds: 1, outboundRate: 100, calendarRate: 100 },
  })
  const rows = await ask(collector, 'GET /v1/export?kind=signals&eventType=view&format=csv')
  // Alpha by three, Beta by three, Gamma by two; and the head.
  expect(String(rows).trim().split('\r\n')).toHaveLength(1 + 8)
})

/** Requests in docs/reports.md, each with the answer that stands behind it. */
function examplesIn(page: string) {
  const blocks = page.matchAll(/```http\n((?:GET|POST) \S+)\n(?:\n([\s\S]*?))?```\n+```(json|csv)\n([\s\S]*?)```/g)
  return [...blocks].map(([, request = '', body, language, answer = '']) => ({
    request,
    body: body === undefined ? undefined : (JSON.parse(body) as object),
    says: language === 'json' ? (JSON.parse(answer) as unknown) : answer.replaceAll('\n', '\r\n'),
  }))
}

/** "…" at the end of a list says that there are more; then those shown must be among them. */
const asShown = (answer: unknown): unknown => {
  if (Array.isArray(answer)) {
    const shown = answer.map(asShown)
    return answer.at(-1) === '…' ? expect.arrayContaining(shown.slice(0, -1)) : shown
  }
  if (answer === null || typeof answer !== 'object') return answer
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, asShown(value)]))
}

test('the examples in the documentation are answered so', async () => {
  const examples = examplesIn(readFileSync(new URL('../../../../docs/reports.md', import.meta.url), 'utf8'))
  expect(examples.length).toBeGreaterThanOrEqual(reports.length - 1)
  const collector = await goldenCollector()
  for (const { request, body, says } of examples) {
    expect.soft(await ask(collector, request, body), request).toEqual(asShown(says))
  }
})
