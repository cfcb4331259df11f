import type { Worker } from 'node:worker_threads'
import { compilePlan, generalPlan } from '@tallymark/schemas'
import { describe, expect, test, vi } from 'vitest'
import { createApp } from './app.ts'
import { toStoredKey } from './keys/key.ts'
import { KeyRing } from './keys/key-ring.ts'
import { defaultTrending } from './reports/trending-rule.ts'
import { type Store, StoreError } from './store/store.ts'
import { someClient } from './testing/drafts.ts'
import { testCollector, testKeys } from './testing/test-collector.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }

describe('a path', () => {
  test.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/track/',
    '/V1/track',
    '/v1//track',
    '/tallymark.js.map',
    '/%2e%2e/etc/passwd',
  ])('that is none (%s) is a 404 problem', async (path) => {
    const { get } = await testCollector()
    const { status, body, headers } = await get(path)
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'not_found', status: 404 } })
    expect((body as { detail: string }).detail).toContain('/docs says')
    expect(headers.get('content-type')).toBe('application/problem+json')
  })

  test.each([
    ['GET', '/v1/track', 'POST'],
    ['PUT', '/v1/batch', 'POST'],
    ['POST', '/v1/counts', 'GET'],
    ['POST', '/v1/pixel.gif', 'GET'],
    ['PATCH', '/v1/entities/page/7', 'PUT, GET, DELETE'],
    ['POST', '/healthz', 'GET'],
    ['DELETE', '/readyz', 'GET'],
    ['PUT', '/tallymark.js', 'GET'],
    ['OPTIONS', '/v1/track', 'POST'],
    ['HEAD', '/v1/track', 'POST'],
    ['BREW', '/v1/track', 'POST'],
  ])('asked with the wrong method (%s %s) is a 405 that allows %s', async (method, path, allow) => {
    const { send } = await testCollector()
    const { status, body, headers } = await send(method, path, undefined, 'write')
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow })
    if (method !== 'HEAD') expect(body).toMatchObject({ code: 'method_not_allowed' })
  })

  test.each(['/healthz', '/readyz', '/tallymark.js', '/v1/counts?entityType=page&entityId=a'])(
    'answers HEAD as GET, without a body: %s',
    async (path) => {
      const { send } = await testCollector()
      const [head, get] = [await send('HEAD', path, undefined, 'write'), await send('GET', path, undefined, 'write')]
      expect([head.status, get.status]).toEqual([200, 200])
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    },
  )
})

describe('health', () => {
  test('is told without a key', async () => {
    const { get } = await testCollector()
    expect(await get('/healthz', null)).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await get('/readyz', null)).toMatchObject({ status: 200, body: { status: 'ready' } })
  })

  test('is good and readiness is not, once the writer has died; nothing is acknowledged any more', async () => {
    const workers: Worker[] = []
    process.once('worker', (worker) => workers.push(worker))
    const { get, track, batch, put, errors, close } = await testCollector()
    expect((await track(save)).status).toBe(201)
    const underWay = track(save)
    await workers[0]?.terminate()
    expect([201, 503]).toContain((await underWay).status)
    await vi.waitFor(async () => expect((await get('/readyz', null)).status).toBe(503))
    expect((await get('/healthz', null)).status).toBe(200)
    const { status, body, headers } = await track(save)
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await batch({ events: [save] })).status).toBe(503)
    expect((await put('/v1/entities/page/7', {})).status).toBe(503)
    expect(errors.length).toBeGreaterThan(0)
    await close()
  })
})

describe('the script', () => {
  test.each(['/tallymark.js', '/tallymark-delivery.js'])('%s is JavaScript that any page may load', async (path) => {
    const { get } = await testCollector()
    const { status, body, headers } = await get(path, null, { origin: 'https://a.example' })
    expect(status).toBe(200)
    expect(String(body).length).toBeGreaterThan(100)
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('when something breaks inside', () => {
  const secret = 'SELECT hash FROM access_key -- /var/lib/tallymark/live.db at Log.append (log.ts:12)'

  /** The real routes on a store whose every call fails. */
  function brokenApp(error: Error) {
    const errors: unknown[] = []
    const fails = () => Promise.reject(error)
    const store = {
      ...{
        append: fails,
        putEntities: fails,
        deleteEntity: fails,
        entity: fails,
        entities: fails,
        session: fails,
        changePreference: fails,
        preferences: fails,
        addActivation: fails,
        replaceActivation: fails,
        activation: fails,
        activations: fails,
        counts: fails,
        read: fails,
        stream: fails,
        summarise: fails,
        addKey: fails,
        revokeKey: fails,
        refreshScores: fails,
        verify: fails,
        probe: fails,
        flush: fails,
        erase: fails,
        keepErrors: fails,
        errors: fails,
        purgeErrors: fails,
        keepRejected: fails,
        rejectedGroups: fails,
        rejectedEvents: fails,
        removeRejected: fails,
        purgeRejected: fails,
        prune: fails,
        retention: fails,
        setKeepDays: fails,
        size: fails,
        backup: fails,
        export: () => {
          throw error
        },
      },
      keys: () => Promise.resolve([]),
      fault: () => undefined,
      close: () => Promise.resolve(),
    } satisfies Store
    const keys = (['write', 'secret', 'admin'] as const).map((kind) => toStoredKey(kind, testKeys[kind], 0))
    const app = createApp({
      plan: compilePlan(generalPlan),
      store,
      ring: new KeyRing(store, keys),
      rates: { client: undefined, key: undefined, guesses: undefined },
      trending: defaultTrending,
      clientKeys: String,
      userTokens: undefined,
      readClient: () => someClient(),
      bots: 'mark',
      retention: { configured: undefined, run: () => Promise.resolve(0) },
      settings: {
        batchSize: 1,
        batchTimeoutMs: 0,
        enableDeduplication: true,
        enableEnrichment: true,
        deduplicationTtlSeconds: 60,
        durability: 'full',
      },
      onError: (...reported) => errors.push(reported),
    })
    return { app, errors }
  }

  const requests = [
    ['POST', '/v1/track', save],
    ['POST', '/v1/batch', { events: [save] }],
    ['GET', '/v1/counts?entityType=page&entityId=a', undefined],
    ['GET', '/v1/entities/page/7', undefined],
    ['PUT', '/v1/entities/page/7', {}],
  ] as const

  test.each(requests)(
    '%s %s says so without a word about the inside, and the operator hears all of it',
    async (method, path, body) => {
      const error = new Error(secret)
      const { app, errors } = brokenApp(error)
      const response = await app.request(path, {
        method,
        headers: { authorization: `Bearer ${testKeys.secret}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      expect({ status: response.status, problem: JSON.parse(text) }).toMatchObject({
        status: 500,
        problem: { code: 'internal' },
      })
      expect(text).not.toMatch(/SELECT|access_key|\/var|\.ts|\.db|at Log/)
      expect(JSON.stringify([...response.headers])).not.toMatch(/SELECT|\/var|\.ts/)
      expect(errors).toEqual([[error, { requestId: response.headers.get('x-request-id'), route: expect.any(String) }]])
    },
  )

  test.each(requests)('%s %s asks to come back when the medium refuses', async (method, path, body) => {
    const { app } = brokenApp(new StoreError('unavailable', secret))
    const response = await app.request(path, {
      method,
      headers: { authorization: `Bearer ${testKeys.secret}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect({ status: response.status, problem: JSON.parse(text) }).toMatchObject({
      status: 503,
      problem: { code: 'storage_unavailable' },
    })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(text).not.toMatch(/SELECT|\/var|\.ts|\.db/)
  })
})
