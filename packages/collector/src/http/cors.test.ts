import { describe, expect, test } from 'vitest'
import { toStoredKey } from '../keys/key.ts'
import { testCollector, testKeys } from '../testing/test-collector.ts'

const a = 'https://a.example'
const b = 'https://b.example'
const other = 'https://other.example'
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }

const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')

/** A collector whose only write keys are bound to one origin each, and which has them in its file. */
async function boundCollector() {
  const clock = { now: Date.UTC(2026, 0, 15, 12) }
  const collector = await testCollector({ now: () => clock.now, keys: [] })
  const keyA = toStoredKey('write', 'tm_pub_key-for-origin-a', clock.now, [a])
  const keyB = toStoredKey('write', 'tm_pub_key-for-origin-b', clock.now, [b])
  await collector.store.addKey(keyA)
  await collector.store.addKey(keyB)
  const preflight = (origin: string, path = '/v1/batch') =>
    collector.send('OPTIONS', path, undefined, null, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    })
  return { ...collector, clock, keyA, keyB, preflight }
}

describe('a preflight', () => {
  test('is answered for the origins of all keys, since it carries none', async () => {
    const { preflight } = await boundCollector()
    for (const origin of [a, b]) {
      const answer = await preflight(origin)
      expect({ status: answer.status, body: answer.body, origin: allowed(answer) }).toEqual({
        status: 204,
        body: '',
        origin,
      })
      expect(answer.headers.get('access-control-max-age')).toBe('7200')
      expect(answer.headers.get('access-control-allow-methods')?.split(',')).toEqual(
        expect.arrayContaining(['GET', 'POST', 'PUT']),
      )
      expect(answer.headers.get('access-control-allow-headers')?.toLowerCase().split(',')).toEqual(
        expect.arrayContaining(['authorization', 'content-type', 'content-encoding', 'x-user-token']),
      )
      expect(answer.headers.get('vary')).toContain('Origin')
    }
  })

  test.each([
    other,
    'null',
    'https://a.example.evil.example',
    'http://a.example',
    'https://a.example:8443',
    'https://A.example',
  ])('from %s, which no key names, allows nothing', async (origin) => {
    const { preflight } = await boundCollector()
    expect(allowed(await preflight(origin))).toBeNull()
  })

  test('allows no origin of a key that was revoked, and goes on with the others', async () => {
    const { preflight, store, keyA, clock } = await boundCollector()
    expect(allowed(await preflight(a))).toBe(a)
    await store.revokeKey(keyA.id, clock.now)
    clock.now += 2000
    expect(allowed(await preflight(a))).toBeNull()
    expect(allowed(await preflight(b))).toBe(b)
  })

  test('allows any origin as soon as one key is bound to none', async () => {
    const { preflight, store, clock } = await boundCollector()
    await store.addKey(toStoredKey('write', 'tm_pub_key-for-any-page', clock.now))
    clock.now += 2000
    expect(allowed(await preflight(other))).toBe(other)
  })

  test('allows nothing while there is no key at all', async () => {
    const { send } = await testCollector({ keys: [] })
    expect(allowed(await send('OPTIONS', '/v1/track', undefined, null, { origin: a }))).toBeNull()
  })

  test.each(['/v1/track', '/v1/counts', '/v1/entities/page/7', '/v1/nothing-here'])(
    'is answered under %s',
    async (path) => {
      const { preflight } = await boundCollector()
      expect(allowed(await preflight(a, path))).toBe(a)
    },
  )
})

describe('a request', () => {
  test('is checked against its own key, whatever the preflight said', async () => {
    const { track } = await boundCollector()
    const authorization = 'Bearer tm_pub_key-for-origin-a'
    expect((await track(save, null, { authorization, origin: a })).status).toBe(201)
    const refused = await track(save, null, { authorization, origin: b })
    expect(refused).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } })
    expect(allowed(refused)).toBe(b)
  })

  test('exposes what a client must read', async () => {
    const { track } = await testCollector()
    const { headers } = await track(save, 'write', { origin: a })
    expect(headers.get('access-control-allow-origin')).toBe(a)
    expect(headers.get('access-control-expose-headers')?.split(',')).toEqual(
      expect.arrayContaining(['Retry-After', 'RateLimit', 'RateLimit-Policy', 'ETag', 'As-Of']),
    )
    expect(headers.get('vary')).toContain('Origin')
  })

  test('without an origin, as servers send it, gets no such headers', async () => {
    const { track } = await testCollector()
    const { headers } = await track(save)
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a refusal can be read by the page', () => {
  const asked = { authorization: `Bearer ${testKeys.write}`, origin: a }

  test.each([
    ['400', '{', {}],
    ['401', save, { authorization: 'Bearer nobody-has-it' }],
    ['401', save, { 'x-user-token': 'x' }],
    ['413', 'x', { 'content-length': '9999999' }],
    ['415', save, { 'content-type': 'text/html' }],
  ])('%s of %j', async (status, body, headers) => {
    const { track } = await testCollector()
    const answer = await track(body, null, { ...asked, ...headers })
    expect({ status: String(answer.status), origin: allowed(answer) }).toEqual({ status, origin: a })
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After')
  })

  test.each([
    ['404', 'GET', '/v1/nothing-here'],
    ['405', 'DELETE', '/v1/track'],
    ['400', 'GET', '/v1/counts'],
  ])('%s of %s %s', async (status, method, path) => {
    const { send } = await testCollector()
    const answer = await send(method, path, undefined, null, asked)
    expect({ status: String(answer.status), origin: allowed(answer) }).toEqual({ status, origin: a })
  })

  test('503 while the collector stops, with the time to wait', async () => {
    const { track, stop } = await testCollector()
    stop()
    const answer = await track(save, null, asked)
    expect({ status: answer.status, origin: allowed(answer) }).toEqual({ status: 503, origin: a })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('503 when the store is gone', async () => {
    const now = Date.UTC(2026, 0, 15, 12)
    const { track, store } = await testCollector({ now: () => now })
    await track(save)
    await store.close()
    const answer = await track(save, null, asked)
    expect(answer).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
    expect(allowed(answer)).toBe(a)
  })
})

test('no answer ever allows cookies', async () => {
  const { send } = await testCollector()
  const answers = await Promise.all(
    ['OPTIONS', 'POST', 'GET', 'PUT', 'DELETE'].flatMap((method) =>
      ['/v1/track', '/v1/batch', '/v1/counts', '/v1/pixel.gif', '/tallymark.js'].map((path) =>
        send(method, path, method === 'POST' ? save : undefined, 'write', { origin: a, cookie: 'session=1' }),
      ),
    ),
  )
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('set-cookie')).toBeNull()
  }
})
