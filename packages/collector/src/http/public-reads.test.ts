import { definePlan } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import { testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'open',
  entities: { page: {} },
  events: {
    view: { on: ['page'], public: true, role: 'view' },
    like: { on: ['page'], public: true, role: 'like' },
    payout: { on: ['page'] },
  },
})
const now = Date.UTC(2026, 0, 15, 12)
const counts = '/v1/counts?entityType=page&entityId=a'

test('counts and trending are read without a key only where that is allowed', async () => {
  const closed = await testCollector({ plan })
  for (const path of [counts, '/v1/trending']) {
    expect(await closed.get(path, null)).toMatchObject({ status: 401, body: { code: 'missing_key' } })
  }
  const open = await testCollector({ plan, publicReads: true, now: () => now })
  await open.track({ eventType: 'view', entityType: 'page', entityId: 'a' })
  const answer = await open.get(counts, null)
  expect(answer).toMatchObject({ status: 200, body: { counts: { a: { view: { count: 1 } } } } })
  expect(answer.headers.get('cache-control')).toBe('no-cache, s-maxage=5')
  const etag = answer.headers.get('etag') ?? ''
  expect((await open.get(counts, null, { 'if-none-match': etag })).status).toBe(304)
  expect((await open.get('/v1/trending', null)).body).toEqual((await open.get('/v1/trending', 'write')).body)
})

test('without a key there is no more than with a write key', async () => {
  const { get, track } = await testCollector({ plan, publicReads: true })
  expect(await get(`${counts}&eventType=payout`, null)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  for (const path of ['/v1/top', '/v1/reports/overview', '/v1/entities/page/a/analytics', '/v1/me/analytics']) {
    expect(await get(path, null)).toMatchObject({ status: 401, body: { code: 'missing_key' } })
  }
  expect((await track({ eventType: 'view' }, null)).status).toBe(401)
})

test('a key that is sent has to be a good one', async () => {
  const { get, send } = await testCollector({ plan, publicReads: true, origins: ['https://a.example'] })
  expect(await get(`${counts}&key=tm_pub_not-a-key-of-ours`, null)).toMatchObject({ status: 401 })
  const elsewhere = { origin: 'https://b.example' }
  expect(await send('GET', counts, undefined, 'write', elsewhere)).toMatchObject({ status: 403 })
  const open = await send('GET', counts, undefined, null, elsewhere)
  expect([open.status, open.headers.get('access-control-allow-origin')]).toEqual([200, null])
})

test('the document says that no key is needed', async () => {
  const securityOf = async (publicReads: boolean) => {
    const { get } = await testCollector({ plan, publicReads })
    const { paths } = (await get('/openapi.json', null)).body as {
      paths: Record<string, { get: { security: object[] } }>
    }
    return ['/v1/counts', '/v1/trending', '/v1/top'].map((path) =>
      paths[path]?.get.security.some((each) => Object.keys(each).length === 0),
    )
  }
  expect(await securityOf(false)).toEqual([false, false, false])
  expect(await securityOf(true)).toEqual([true, true, false])
})
