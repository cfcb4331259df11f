import type { Problem } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import { goldenCollector } from '../testing/golden-history.ts'
import { testCollector } from '../testing/test-collector.ts'

const measures = ['views']

test.each([
  ['GET', '/v1/reports/heatmap?timezone=UTC&timezone=UTC', undefined, 'timezone must be given once'],
  ['GET', '/v1/reports/heatmap?format=csv&format=json', undefined, 'format must be given once'],
  ['GET', '/v1/reports/heatmap?format=xml', undefined, 'format must be one of json, csv, ndjson'],
  ['GET', '/v1/entities/film/1/analytics?entityId=2', undefined, 'entityId has its place in the path'],
  ['POST', '/v1/reports/query?from=2026-01-01', { measures }, 'from has its place in the body'],
  ['POST', '/v1/reports/query', { measures, format: 'csv' }, 'format is not a known key'],
  ['POST', '/v1/reports/query', '"views"', 'the body must be an object'],
  ['POST', '/v1/reports/query', 'null', 'the body must be an object'],
  ['POST', '/v1/reports/query', '[]', 'the body must be an object'],
])('what would count for nothing is refused: %s %s with %j', async (method, path, body, sentence) => {
  const { send } = await testCollector()
  const answer = await send(method, path, body, 'secret')
  expect(answer.status).toBe(400)
  expect((answer.body as Problem).detail).toContain(sentence)
})

test('pages that ask for more at once than can be answered keep nobody else waiting', async () => {
  const { get } = await goldenCollector()
  const answers = await Promise.all(Array.from({ length: 40 }, () => get('/v1/trending', 'write')))
  const statuses = Map.groupBy(answers, ({ status }) => status)
  expect([...statuses.keys()].toSorted()).toEqual([200, 503])
  expect(statuses.get(200)?.length).toBeGreaterThanOrEqual(16)
  for (const { headers, body } of statuses.get(503) ?? []) {
    expect(headers.get('retry-after')).toBe('1')
    expect(body).toMatchObject({ code: 'overloaded' })
  }
  const servers = await Promise.all(Array.from({ length: 40 }, () => get('/v1/trending', 'secret')))
  expect(new Set(servers.map(({ status }) => status))).toEqual(new Set([200]))
  expect((await get('/v1/trending', 'write')).status).toBe(200)
})

test('times to any part of a second are taken, and time zones by no look-alike of a minus', async () => {
  const { get } = await testCollector()
  for (const time of ['2026-03-09T10:00:00.1234567890123', '2026-03-09T10:00:00.1234567890123Z']) {
    expect((await get(`/v1/reports/timeseries?from=${time}&to=2026-03-10`, 'secret')).status).toBe(200)
  }
  const { status, body } = await get('/v1/reports/heatmap?timezone=\u221201:00', 'secret')
  expect({ status, body }).toMatchObject({ status: 400, body: { detail: expect.stringContaining('not a time zone') } })
})

test.each([
  ['GET', '/v1/trending?', undefined],
  ['GET', '/v1/top?', undefined],
  ['GET', '/v1/reports/engagement?', undefined],
  ['GET', '/v1/reports/discovery?', undefined],
  ['GET', '/v1/reports/ctr?', undefined],
  ['GET', '/v1/reports/attribution?goal=save&', undefined],
  ['GET', '/v1/reports/experiment?name=poster&goal=save&', undefined],
  ['GET', '/v1/reports/segments?', undefined],
  ['POST', '/v1/reports/query?', { measures: ['views', 'likes', 'views'], dimensions: ['ownerId'], interval: 'day' }],
])('a table without rows has the columns that it has with some: %s %s', async (method, path, body) => {
  const heads = await Promise.all(
    [await goldenCollector(), await testCollector()].map(async ({ send }) => {
      const { body: csv } = await send(method, `${path}format=csv`, body, 'secret')
      const [head, ...rows] = String(csv).trimEnd().split('\r\n')
      return { head, hasRows: rows.length > 0 }
    }),
  )
  expect(heads).toEqual([
    { head: expect.stringMatching(/^\w+(,\w+)+$/), hasRows: true },
    { head: heads[0]?.head, hasRows: false },
  ])
})

test.each([
  ['GET', '/v1/reports/timeseries?to=2020-02-01&interval=month', undefined, 'points'],
  ['POST', '/v1/reports/query', { measures, to: '2020-02-01', interval: 'month' }, 'rows'],
])('a range that only ends has the 30 days before its end: %s %s', async (method, path, body, list) => {
  const { send } = await testCollector()
  const answer = await send(method, path, body, 'secret')
  expect(answer.status).toBe(200)
  const [first] = (answer.body as Record<string, { t: string }[]>)[list] ?? []
  if (method === 'GET') expect(first?.t).toBe('2020-01-01T00:00:00.000Z')
})
