import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testCollector } from '../testing/test-collector.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const id = '0198a0a0-0000-7000-8000-000000000001'

interface Stats {
  bufferSize: number
  isProcessing: boolean
  events: Record<string, number>
  latencyMs: { p50: number; p99: number }
  database: { bytes: number; walBytes: number }
  config: Record<string, unknown>
}

describe('GET /v1/admin/stats', () => {
  test('counts events by what became of them, and measures how long their commits took', async () => {
    const { track, batch, put, get } = await testCollector()
    await put('/v1/entities/page/secret', { visibility: 'private' })
    await track({ ...save, idempotencyKey: id })
    await track({ ...save, idempotencyKey: id })
    await batch({ events: [save, { ...save, entityId: 'secret' }, { ...save, surprise: 1 }, {}] })
    const { status, body, headers } = await get('/v1/admin/stats', 'admin')
    const stats = body as Stats
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'private, no-store' })
    expect(stats).toMatchObject({
      bufferSize: 0,
      isProcessing: false,
      events: { stored: 2, duplicate: 1, ignored: 1, rejected: 2 },
      config: { batchSize: 2000, batchTimeoutMs: 0, enableDeduplication: true, durability: 'full' },
    })
    expect(stats.latencyMs.p50).toBeGreaterThan(0)
    expect(stats.latencyMs.p99).toBeGreaterThanOrEqual(stats.latencyMs.p50)
    expect(stats.database.bytes).toBeGreaterThan(0)
    expect(stats.database.walBytes).toBeGreaterThan(0)
  })
})

describe('POST /v1/admin/flush', () => {
  test('answers when what was received is committed and folded', async () => {
    const { batch, get, send } = await testCollector()
    const pending = Array.from({ length: 40 }, () => batch({ events: Array.from({ length: 50 }, () => save) }))
    const { status, body } = await send('POST', '/v1/admin/flush', undefined, 'admin')
    expect({ status, body }).toEqual({
      status: 200,
      body: { flushed: expect.any(Number), message: expect.stringContaining('committed') },
    })
    await Promise.all(pending)
    expect((await send('POST', '/v1/admin/flush', undefined, 'admin')).body).toMatchObject({ flushed: 0 })
    const counts = await get('/v1/counts?entityType=page&entityId=home&eventType=save')
    expect(counts.headers.get('as-of')).toBeNull()
  })
})

describe('POST /v1/admin/backup', () => {
  test('writes one copy after the other, each under a name of its own', async () => {
    const { send, file } = await testCollector()
    const names = new Set<string>()
    for (let n = 0; n < 3; n++) {
      const { status, body } = await send('POST', '/v1/admin/backup', undefined, 'admin')
      expect(status).toBe(201)
      names.add((body as { file: string }).file)
    }
    expect(readdirSync(dirname(file))).toEqual(expect.arrayContaining([...names]))
    expect(names.size).toBe(3)
  })
})

describe('POST /v1/admin/scores/refresh', () => {
  test('says how many entities it has scored anew', async () => {
    const { batch, send } = await testCollector()
    await batch({ events: [save, { ...save, entityId: 'about' }] })
    await send('POST', '/v1/admin/flush', undefined, 'admin')
    const { status, body } = await send('POST', '/v1/admin/scores/refresh', undefined, 'admin')
    expect({ status, body }).toEqual({ status: 200, body: { refreshed: 2 } })
  })
})

test.each([
  ['GET', '/v1/admin/stats'],
  ['POST', '/v1/admin/flush'],
  ['POST', '/v1/admin/scores/refresh'],
])('%s %s takes the admin key alone', async (method, path) => {
  const { send } = await testCollector()
  expect((await send(method, path, undefined, null)).status).toBe(401)
  for (const key of ['write', 'secret'] as const) {
    expect(await send(method, path, undefined, key)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  }
  expect((await send(method, `${path}?key=tm_adm_test-admin-key-0001`, undefined, null)).body).toMatchObject({
    code: 'key_in_url',
  })
})
