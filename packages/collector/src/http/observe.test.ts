import { describe, expect, test } from 'vitest'
import { testCollector, testKeys } from '../testing/test-collector.ts'
import type { RequestLine } from './observe.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const id = '0198a0a0-0000-7000-8000-000000000001'

/** One sample of the exposition, by its name and labels. */
async function sampleOf(get: Awaited<ReturnType<typeof testCollector>>['get'], sample: string): Promise<number> {
  const line = String((await get('/metrics', null)).body)
    .split('\n')
    .find((each) => each.startsWith(`${sample} `))
  return Number(line?.slice(sample.length + 1))
}

describe('GET /metrics', () => {
  test('counts requests by route and status, without a name or an id in it', async () => {
    const { track, put, get } = await testCollector()
    await track(save)
    await track({})
    await put('/v1/entities/page/somebody-s-page', {})
    await get('/nothing/of/ours')
    expect(await sampleOf(get, 'tallymark_requests_total{route="/v1/track",status="201"}')).toBe(1)
    expect(await sampleOf(get, 'tallymark_requests_total{route="/v1/track",status="400"}')).toBe(1)
    expect(await sampleOf(get, 'tallymark_requests_total{route="/v1/entities/:type/:id",status="200"}')).toBe(1)
    expect(await sampleOf(get, 'tallymark_requests_total{route="none",status="404"}')).toBe(1)
    expect(String((await get('/metrics', null)).body)).not.toMatch(/somebody|tm_pub/)
  })

  test('counts events by outcome and reason', async () => {
    const { batch, get } = await testCollector()
    const known = { ...save, idempotencyKey: id }
    await batch({ events: [known, known, save, { ...save, surprise: 1 }] })
    expect(await sampleOf(get, 'tallymark_events_total{outcome="stored",reason=""}')).toBe(2)
    expect(await sampleOf(get, 'tallymark_events_total{outcome="ignored",reason="duplicate"}')).toBe(1)
    expect(await sampleOf(get, 'tallymark_events_total{outcome="rejected",reason="unrecognized_keys"}')).toBe(1)
  })

  test('measures commits, clocks and sizes', async () => {
    let now = Date.UTC(2026, 0, 15, 12)
    const { track, get } = await testCollector({ now: () => now })
    expect(await sampleOf(get, 'tallymark_last_commit_age_seconds')).toBe(0)
    await track({ ...save, sentAt: now - 5000 })
    now += 90_000
    expect(await sampleOf(get, 'tallymark_commit_seconds_count')).toBe(1)
    expect(await sampleOf(get, 'tallymark_client_skew_seconds_sum')).toBe(5)
    expect(await sampleOf(get, 'tallymark_last_commit_age_seconds')).toBe(90)
    expect(await sampleOf(get, 'tallymark_queue_events')).toBe(0)
    expect(await sampleOf(get, 'tallymark_storage_up')).toBe(1)
    expect(await sampleOf(get, 'tallymark_database_bytes')).toBeGreaterThan(0)
    expect(await sampleOf(get, 'tallymark_wal_bytes')).toBeGreaterThan(0)
  })
})

describe('a request', () => {
  test('is told of by its route, never by what stands in its URL', async () => {
    const lines: RequestLine[] = []
    const { get, track } = await testCollector({ onRequest: (line) => lines.push(line) })
    await get(`/v1/counts?entityType=page&entityId=home&key=${testKeys.write}`, null)
    await track({}, 'write', { 'x-request-id': 'from-the-proxy-1' })
    expect(lines).toEqual([
      {
        requestId: expect.stringMatching(/^[\w-]{36}$/),
        method: 'GET',
        route: '/v1/counts',
        status: 200,
        durationMs: expect.any(Number),
      },
      {
        requestId: 'from-the-proxy-1',
        method: 'POST',
        route: '/v1/track',
        status: 400,
        durationMs: expect.any(Number),
      },
    ])
    expect(JSON.stringify(lines)).not.toContain(testKeys.write)
  })

  test('that is refused is answered with the id under which the log has it', async () => {
    const { track } = await testCollector()
    expect((await track({}, 'write', { 'x-request-id': 'proxy-7' })).headers.get('x-request-id')).toBe('proxy-7')
    const forged = (await track({}, 'write', { 'x-request-id': 'a b{}' })).headers.get('x-request-id')
    expect(forged).toMatch(/^[\w-]{36}$/)
  })
})
