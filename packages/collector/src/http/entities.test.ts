import { definePlan } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'entities',
  entities: {
    page: {},
    track: {
      registered: true,
      metadata: z.strictObject({ genre: z.string(), tempo: z.object({ bpm: z.number().optional() }).optional() }),
    },
  },
  events: { save: { on: ['page', 'track'], public: true } },
})

const bare = { title: null, ownerId: null, publishedAt: null, visibility: 'public', metadata: null }

describe('an entity', () => {
  test('is answered as it was put', async () => {
    const { put, get } = await testCollector({ plan })
    const said = { title: 'A track', ownerId: 'user-1', visibility: 'private', metadata: { genre: 'jazz' } }
    const entity = { entityType: 'track', entityId: '7', ...said, publishedAt: '2026-01-15T12:00:00.000Z' }
    const answer = await put('/v1/entities/track/7', { ...said, publishedAt: '2026-01-15T12:00:00Z' })
    expect(answer).toMatchObject({ status: 200, body: entity })
    const read = await get('/v1/entities/track/7', 'admin')
    expect(read).toMatchObject({ status: 200, body: entity })
    expect(read.headers.get('cache-control')).toBe('private, no-store')
  })

  test('is replaced as a whole by the next put', async () => {
    const { put, get } = await testCollector({ plan })
    await put('/v1/entities/page/7', { title: 'A page', ownerId: 'user-1', publishedAt: 0, metadata: { a: 1 } })
    await put('/v1/entities/page/7', {})
    expect((await get('/v1/entities/page/7', 'secret')).body).toEqual({ entityType: 'page', entityId: '7', ...bare })
  })

  test('keeps its counts when it is put again', async () => {
    const { put, get, track } = await testCollector({ plan })
    await put('/v1/entities/track/7', {})
    await track({ eventType: 'save', entityType: 'track', entityId: 7 })
    await put('/v1/entities/track/7', { title: 'renamed' })
    await track({ eventType: 'save', entityType: 'track', entityId: '7' })
    expect((await get('/v1/counts?entityType=track&entityId=7')).body).toMatchObject({
      counts: { 7: { save: { count: 2 } } },
    })
  })

  test('put many times at once is put once, and is one of those', async () => {
    const { put, get, track } = await testCollector({ plan })
    const titles = Array.from({ length: 20 }, (_, n) => `title ${n}`)
    const answers = await Promise.all(titles.map((title) => put('/v1/entities/track/7', { title })))
    expect(answers.map(({ status }) => status)).toEqual(titles.map(() => 200))
    expect(titles).toContain(((await get('/v1/entities/track/7', 'secret')).body as { title: string }).title)
    expect((await track({ eventType: 'save', entityType: 'track', entityId: 7 })).status).toBe(201)
  })

  test('that nobody put is not found, even if it has events', async () => {
    const { get, track } = await testCollector({ plan })
    await track({ eventType: 'save', entityType: 'page', entityId: 7 })
    expect(await get('/v1/entities/page/7', 'secret')).toMatchObject({
      status: 404,
      body: { code: 'entity_not_found' },
    })
  })

  test.each(['write', null] as const)('is neither put nor read with the key %s', async (key) => {
    const { send, get } = await testCollector({ plan })
    const refused = { status: key ? 403 : 401, body: { code: key ? 'forbidden' : 'missing_key' } }
    expect(await send('PUT', '/v1/entities/page/7', { title: 'mine' }, key)).toMatchObject(refused)
    expect(await get('/v1/entities/page/7', key)).toMatchObject(refused)
    expect((await get('/v1/entities/page/7', 'secret')).status).toBe(404)
  })

  test('of a type that the plan does not have is refused', async () => {
    const { put, get } = await testCollector({ plan })
    const refused = { status: 400, body: { code: 'unknown_entity_type' } }
    expect(await put('/v1/entities/trakc/7', {})).toMatchObject(refused)
    expect(await get('/v1/entities/trakc/7', 'secret')).toMatchObject(refused)
    expect(await put('/v1/entities/constructor/7', {})).toMatchObject(refused)
  })

  test('of any type is taken by an open plan', async () => {
    const { put } = await testCollector()
    expect((await put('/v1/entities/constructor/7', {})).status).toBe(200)
  })
})

describe('metadata', () => {
  test.each([
    [{ genre: 7 }, 'invalid_event', [{ pointer: '/metadata/genre', code: 'invalid_type' }]],
    [{}, 'missing_prop', [{ pointer: '/metadata/genre', code: 'missing_prop' }]],
    [
      { genre: 'jazz', tempo: { bpm: 'fast' } },
      'invalid_event',
      [{ pointer: '/metadata/tempo/bpm', code: 'invalid_type' }],
    ],
    [{ genre: 'jazz', gnere: 1 }, 'unrecognized_keys', [{ pointer: '/metadata/gnere', code: 'unrecognized_keys' }]],
  ])('%j is refused by the plan’s schema, with a pointer', async (metadata, code, errors) => {
    const { put, get } = await testCollector({ plan })
    const { status, body } = await put('/v1/entities/track/7', { metadata })
    expect({ status, body }).toMatchObject({ status: 400, body: { code, errors } })
    expect((await get('/v1/entities/track/7', 'secret')).status).toBe(404)
  })

  test('is kept as it was sent, whatever its keys are called', async () => {
    const { put, get } = await testCollector({ plan })
    const metadata = '{"__proto__":{"admin":true},"constructor":1,"deep":{"ä":[1,null,"猫"]}}'
    await put('/v1/entities/page/7', `{"metadata":${metadata}}`)
    const { body } = await get('/v1/entities/page/7', 'secret')
    expect(JSON.stringify((body as { metadata: object }).metadata)).toBe(metadata)
  })

  test('is only asked for what it needs when it is there', async () => {
    const { put } = await testCollector({ plan })
    expect((await put('/v1/entities/track/7', {})).status).toBe(200)
  })
})

describe('a bad body', () => {
  test.each([
    ['nothing', undefined, 'invalid_json', undefined],
    ['half of it', '{"title":', 'invalid_json', undefined],
    ['a list', [], 'invalid_request', ''],
    ['null', 'null', 'invalid_request', ''],
    ['an unknown key', { titel: 'x' }, 'unrecognized_keys', '/titel'],
    ['a title that is no text', { title: 7 }, 'invalid_request', '/title'],
    ['a title of 501 characters', { title: 'x'.repeat(501) }, 'invalid_request', '/title'],
    ['an empty owner', { ownerId: '' }, 'invalid_request', '/ownerId'],
    ['an owner of 201 characters', { ownerId: 'x'.repeat(201) }, 'invalid_request', '/ownerId'],
    ['an unknown visibility', { visibility: 'secret' }, 'invalid_request', '/visibility'],
    ['metadata that is a list', { metadata: [] }, 'invalid_request', '/metadata'],
    ['metadata that is null', { metadata: null }, 'invalid_request', '/metadata'],
    ['metadata over its size', { metadata: { text: 'x'.repeat(9000) } }, 'invalid_request', '/metadata'],
    ['a date without a zone', { publishedAt: '2026-01-15T12:00:00' }, 'invalid_request', '/publishedAt'],
    ['a date that does not exist', { publishedAt: '2026-02-30T12:00:00Z' }, 'invalid_request', '/publishedAt'],
    ['an instant outside of the calendar', { publishedAt: 8.7e15 }, 'invalid_request', '/publishedAt'],
  ])('of %s is a 400 that points at it, and changes nothing', async (_, body, code, pointer) => {
    const { send, put, get } = await testCollector({ plan })
    await put('/v1/entities/page/7', { title: 'before' })
    const answer = await send('PUT', '/v1/entities/page/7', body, 'secret')
    expect({ status: answer.status, code: codeOf(answer.body) }).toEqual({ status: 400, code })
    if (pointer !== undefined) expect(answer.body).toMatchObject({ errors: [{ pointer }] })
    expect((await get('/v1/entities/page/7', 'secret')).body).toMatchObject({ title: 'before' })
  })

  test('nested as deeply as a body can be is a 400', async () => {
    const { put } = await testCollector({ plan })
    const depth = 100_000
    const deep = `{"metadata":${'{"a":'.repeat(depth / 5)}1${'}'.repeat(depth / 5)}}`
    expect(await put('/v1/entities/page/7', deep)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})

describe('publishedAt', () => {
  test.each([
    ['2026-01-15T12:00:00Z', '2026-01-15T12:00:00.000Z'],
    ['2026-01-15T12:00:00.5+01:00', '2026-01-15T11:00:00.500Z'],
    ['2026-01-15T00:30:00+05:45', '2026-01-14T18:45:00.000Z'],
    ['2026-12-31T23:30:00-08:00', '2027-01-01T07:30:00.000Z'],
    ['2024-02-29T12:00:00.123456789Z', '2024-02-29T12:00:00.123Z'],
    ['1912-06-23T00:00:00Z', '1912-06-23T00:00:00.000Z'],
    [1_768_478_400_000, '2026-01-15T12:00:00.000Z'],
    [1_768_478_400_000.7, '2026-01-15T12:00:00.001Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [8.64e15, '+275760-09-13T00:00:00.000Z'],
  ])('%s is answered as %s', async (publishedAt, expected) => {
    const { put } = await testCollector({ plan })
    expect((await put('/v1/entities/page/7', { publishedAt })).body).toMatchObject({ publishedAt: expected })
  })
})

describe('an id in the path', () => {
  test.each([
    'two words',
    'a/b',
    'a%2Fb',
    '100%',
    'naïve 猫 🐈',
    '?x=1',
    '#top',
    '__proto__',
    'a+b',
    'x'.repeat(200),
    '...',
  ])('may be %s when it is encoded', async (id) => {
    const { put, get, track } = await testCollector({ plan })
    const path = `/v1/entities/track/${encodeURIComponent(id)}`
    expect(await put(path, { title: id })).toMatchObject({ status: 200, body: { entityId: id } })
    expect((await get(path, 'secret')).body).toMatchObject({ entityId: id, title: id })
    expect((await track({ eventType: 'save', entityType: 'track', entityId: id })).status).toBe(201)
  })

  test.each(['x'.repeat(201), 'a%00b', 'a%0Ab'])('must not be %s', async (id) => {
    const { put } = await testCollector({ plan })
    expect(await put(`/v1/entities/page/${id}`, {})).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })

  test.each(['%E0%A4%A', '100%', '%zz'])('that is no valid encoding is refused: %s', async (id) => {
    const { put, get } = await testCollector({ plan })
    for (const answer of [await put(`/v1/entities/page/${id}`, {}), await get(`/v1/entities/page/${id}`, 'secret')]) {
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    }
  })

  test.each(['/v1/entities/page/', '/v1/entities/page', '/v1/entities/page/a/b'])(
    'is needed: %s is not found',
    async (path) => {
      const { put } = await testCollector({ plan })
      expect(await put(path, {})).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )

  test('needs a type of the usual form before it', async () => {
    const { put } = await testCollector()
    expect(await put('/v1/entities/Page/7', {})).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})
