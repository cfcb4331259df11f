import { definePlan } from '@tallymark/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, testCollector, testKeys, userToken } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'counted',
  entities: { page: {}, note: {}, project: { registered: true } },
  events: {
    save: { on: ['page', 'note', 'project'], public: true },
    share: { on: ['page', 'note', 'project'], public: true },
    payout: { on: ['page'], dedupe: 'none' },
  },
})
const counts = (query: Record<string, string | string[]>) =>
  `/v1/counts?${new URLSearchParams(Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one])))}`
const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`)
const device = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const none = { count: 0, unique: 0 }

describe('GET /v1/counts', () => {
  test('counts what was acknowledged, by entity and event type', async () => {
    const { track, get } = await testCollector({ plan })
    await track({ eventType: 'save', entityType: 'page', entityId: 'a', anonymousId: device(1) })
    await track({ eventType: 'save', entityType: 'page', entityId: 'a', anonymousId: device(2) })
    await track({ eventType: 'share', entityType: 'page', entityId: 'b', anonymousId: device(1) })
    const { status, body } = await get(counts({ entityType: 'page', entityId: ['a', 'b'] }))
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        counts: {
          a: { save: { count: 2, unique: 2 }, share: none },
          b: { save: none, share: { count: 1, unique: 1 } },
        },
      },
    })
  })

  test('takes 100 entities, and not 101', async () => {
    const { get } = await testCollector({ plan })
    const hundred = await get(counts({ entityType: 'page', entityId: ids(100) }))
    expect(hundred.status).toBe(200)
    expect(Object.keys((hundred.body as { counts: object }).counts)).toHaveLength(100)
    expect(await get(counts({ entityType: 'page', entityId: ids(101) }))).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
  })

  test('takes an entity that is named again and again as one', async () => {
    const { track, get } = await testCollector({ plan })
    await track({ eventType: 'save', entityType: 'page', entityId: 'a' })
    const repeated = Array.from({ length: 150 }, () => 'a')
    const { status, body } = await get(counts({ entityType: 'page', entityId: repeated, eventType: ['save', 'save'] }))
    expect({ status, body }).toEqual({ status: 200, body: { counts: { a: { save: { count: 1, unique: 0 } } } } })
  })

  test.each(['write', 'secret', 'admin'] as const)(
    'names all public event types when a %s key names none',
    async (key) => {
      const { get } = await testCollector({ plan })
      const { body } = await get(counts({ entityType: 'page', entityId: 'a' }), key)
      expect(body).toEqual({ counts: { a: { save: none, share: none } } })
    },
  )

  test('keeps event types that are not public from a write key, and from nobody else', async () => {
    const { get, track } = await testCollector({ plan })
    await track({ eventType: 'payout', entityType: 'page', entityId: 'a' }, 'secret')
    const path = counts({ entityType: 'page', entityId: 'a', eventType: ['save', 'payout'] })
    expect(await get(path)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    for (const key of ['secret', 'admin'] as const) {
      expect((await get(path, key)).body).toEqual({ counts: { a: { save: none, payout: { count: 1, unique: 0 } } } })
    }
  })

  test.each([
    ['an event type that is not in the plan', { entityType: 'page', entityId: 'a', eventType: 'sabe' }],
    ['an entity type that is not in the plan', { entityType: 'pagge', entityId: 'a' }],
    ['an entity type that is none', { entityType: 'Page', entityId: 'a' }],
    ['no entity type', { entityId: 'a' }],
    ['two entity types', { entityType: ['page', 'note'], entityId: 'a' }],
    ['no entity', { entityType: 'page' }],
    ['an empty entity id', { entityType: 'page', entityId: ['a', ''] }],
    ['an entity id with a control character', { entityType: 'page', entityId: 'a\u0000' }],
    ['an entity id of 201 characters', { entityType: 'page', entityId: 'x'.repeat(201) }],
  ])('answers 400 to %s', async (_, query) => {
    const { get } = await testCollector({ plan })
    expect(await get(counts(query as Record<string, string>))).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
  })

  test('makes no difference between a private entity and one that nobody knows', async () => {
    const { get, put, track } = await testCollector({ plan })
    const token = await userToken({ sub: 'owner' })
    for (const entityType of ['note', 'project']) {
      await put(`/v1/entities/${entityType}/mine`, { ownerId: 'owner', visibility: 'private' })
      const event = { eventType: 'save', entityType, entityId: 'mine' }
      expect((await track(event, 'write', { 'x-user-token': token })).status).toBe(201)
      const hidden = await get(counts({ entityType, entityId: 'mine' }))
      const unknown = await get(counts({ entityType, entityId: 'other' }))
      expect(JSON.stringify(hidden.body)).toBe(JSON.stringify(unknown.body).replace('other', 'mine'))
      await put(`/v1/entities/${entityType}/mine`, { ownerId: 'owner', visibility: 'public' })
      expect((await get(counts({ entityType, entityId: 'mine', eventType: 'save' }))).body).toEqual({
        counts: { mine: { save: { count: 1, unique: 1 } } },
      })
    }
  })

  test.each([null, 'nobody'])('answers 401 without a key that it knows (%s)', async (text) => {
    const { get } = await testCollector({ plan })
    const headers: Record<string, string> = text ? { authorization: `Bearer ${text}` } : {}
    expect((await get(counts({ entityType: 'page', entityId: 'a' }), null, headers)).status).toBe(401)
  })

  test('takes the write key in the URL, so that a page may ask without a preflight', async () => {
    const { get } = await testCollector({ plan })
    expect((await get(counts({ entityType: 'page', entityId: 'a', key: testKeys.write }), null)).status).toBe(200)
    expect(await get(counts({ entityType: 'page', entityId: 'a', key: testKeys.secret }), null)).toMatchObject({
      status: 403,
      body: { code: 'key_in_url' },
    })
  })
})

describe('an entity may be called', () => {
  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'two words',
    'naïve 猫 🐈',
    'a/b',
    'a+b',
    'a&b=c',
    '100%',
    "'; --",
    '"',
    '007',
  ])('%s', async (entityId) => {
    const { track, get } = await testCollector({ plan })
    await track({ eventType: 'save', entityType: 'page', entityId })
    const path = counts({ entityType: 'page', entityId: [entityId, 'other'], eventType: 'save' })
    const { counts: answer } = (await get(path)).body as { counts: object }
    expect(Object.entries(answer)).toEqual(
      expect.arrayContaining([
        [entityId, { save: { count: 1, unique: 0 } }],
        ['other', { save: none }],
      ]),
    )
    expect(Object.keys(answer)).toHaveLength(2)
  })

  test('anything that an event may name', async () => {
    const { track, get } = await testCollector({ plan })
    const entityId = fc
      .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.maxSafeInteger())
      .filter((id) => !/[\p{Cc}\p{Cs}]/u.test(String(id)))
    await fc.assert(
      fc.asyncProperty(entityId, async (id) => {
        const path = counts({ entityType: 'page', entityId: String(id), eventType: 'save' })
        const read = async () =>
          Object.entries(((await get(path)).body as { counts: Record<string, { save: { count: number } }> }).counts)
        const [[name, before] = []] = await read()
        expect((await track({ eventType: 'save', entityType: 'page', entityId: id })).status).toBe(201)
        const [[, after] = []] = await read()
        expect(name).toBe(String(id))
        expect(after?.save.count).toBe((before?.save.count ?? 0) + 1)
      }),
      { numRuns: 50 },
    )
  })

  test('the same as an event type or as an entity of another type, without being mixed up', async () => {
    const { track, get } = await testCollector({ plan })
    await track({ eventType: 'save', entityType: 'page', entityId: 'save' })
    await track({ eventType: 'save', entityType: 'note', entityId: 'save' })
    await track({ eventType: 'save', entityType: 'note', entityId: 'save' })
    expect((await get(counts({ entityType: 'page', entityId: 'save', eventType: 'save' }))).body).toEqual({
      counts: { save: { save: { count: 1, unique: 0 } } },
    })
  })
})

describe('the caching of counts', () => {
  const path = counts({ entityType: 'page', entityId: 'a', eventType: 'save' })

  test('lets browsers ask again and shared caches keep them for five seconds', async () => {
    const { get } = await testCollector({ plan })
    const { headers } = await get(path, 'write', { origin: 'https://a.example' })
    expect(headers.get('cache-control')).toBe('no-cache, s-maxage=5')
    expect(headers.get('vary')?.split(/,\s*/)).toEqual(expect.arrayContaining(['Origin', 'Authorization']))
    expect(headers.get('etag')).toMatch(/^"[^"]+"$/)
  })

  test('keeps what a secret key reads out of shared caches', async () => {
    const { get } = await testCollector({ plan })
    expect((await get(path, 'secret')).headers.get('cache-control')).toBe('private, no-store')
  })

  test('answers 304 while nothing changed, also to a page of another origin', async () => {
    const { get, track } = await testCollector({ plan })
    const origin = 'https://a.example'
    const first = await get(path)
    const etag = first.headers.get('etag') ?? ''
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get(path, 'write', { 'if-none-match': tag, origin })
      expect({ status: again.status, body: again.body }).toEqual({ status: 304, body: '' })
      expect(again.headers.get('etag')).toBe(etag)
      expect(again.headers.get('cache-control')).toBe('no-cache, s-maxage=5')
      expect(again.headers.get('access-control-allow-origin')).toBe(origin)
    }
    await track({ eventType: 'save', entityType: 'page', entityId: 'a' })
    const changed = await get(path, 'write', { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
  })

  test('never answers 304 in place of a refusal', async () => {
    const { get } = await testCollector({ plan })
    const headers = { 'if-none-match': '*' }
    expect((await get(path, null, headers)).status).toBe(401)
    expect((await get(counts({ entityType: 'page' }), 'write', headers)).status).toBe(400)
    const refused = await get(path, null)
    expect(refused.headers.get('etag')).toBeNull()
    expect(refused.headers.get('cache-control')).toBe('private, no-store')
  })

  test('a refusal does not repeat the key', async () => {
    const { get } = await testCollector({ plan })
    const { body } = await get(counts({ entityType: 'page', entityId: 'a', key: 'tm_pub_a-wrong-key-0001' }), null)
    expect(codeOf(body)).toBe('invalid_key')
    expect(JSON.stringify(body)).not.toContain('a-wrong-key')
  })
})
