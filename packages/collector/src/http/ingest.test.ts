import { gzipSync } from 'node:zlib'
import { definePlan, limits } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { codeOf, testCollector, testKeys, userToken } from '../testing/test-collector.ts'

const id = (n: number) => `0197c0de-0000-7000-8000-${String(n).padStart(12, '0')}`
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const now = Date.UTC(2026, 0, 15, 12)
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])

const plan = definePlan({
  name: 'test',
  entities: {
    page: { metadata: z.looseObject({ rating: z.number().optional() }) },
    project: { registered: true },
    note: {},
  },
  events: {
    save: { on: ['page', 'project', 'note'], public: true },
    view: { on: ['page', 'project', 'note'], role: 'view', dedupe: { window: '5m', by: ['entity', 'viewer'] } },
    click: { on: ['page'], surfaces: ['feed', 'search'], dedupe: 'none' },
    payout: { serverOnly: true, props: z.looseObject({ amount: z.number() }) },
  },
})

describe('POST /v1/track answers', () => {
  test('201 with the event’s id when it is stored', async () => {
    const { track } = await testCollector()
    const { status, body } = await track({ ...save, idempotencyKey: id(1) })
    expect({ status, body }).toEqual({ status: 201, body: { eventId: id(1), tracked: true } })
  })

  test('201 with an id made here when the event has none', async () => {
    const { track } = await testCollector()
    expect((await track(save)).body).toEqual({ eventId: expect.stringMatching(/^[0-9a-f-]{36}$/), tracked: true })
  })

  test('200 duplicate for an event that was stored before', async () => {
    const { track } = await testCollector()
    await track({ ...save, idempotencyKey: id(1) })
    const { status, body } = await track({ ...save, idempotencyKey: id(1).toUpperCase() })
    expect({ status, body }).toEqual({
      status: 200,
      body: { eventId: id(1).toUpperCase(), tracked: false, reason: 'duplicate' },
    })
  })

  test('200 duplicate without an id for a repeat that was sent without one', async () => {
    const { track } = await testCollector({ now: () => now })
    const event = { ...save, anonymousId: id(9) }
    expect((await track(event)).status).toBe(201)
    expect((await track(event)).body).toEqual({ eventId: null, tracked: false, reason: 'duplicate' })
  })

  test('201 twice for repeats that nobody stands behind', async () => {
    const { track } = await testCollector({ now: () => now })
    expect((await track(save)).status).toBe(201)
    expect((await track(save)).status).toBe(201)
  })

  test('200 private_entity for somebody else’s private entity of a type that is not registered', async () => {
    const { track, put } = await testCollector({ plan })
    await put('/v1/entities/note/1', { ownerId: 'user-1', visibility: 'private' })
    const event = { eventType: 'view', entityType: 'note', entityId: 1, idempotencyKey: id(1) }
    const { status, body } = await track(event)
    expect({ status, body }).toEqual({
      status: 200,
      body: { eventId: id(1), tracked: false, reason: 'private_entity' },
    })
    const owner = await track(event, 'write', { 'x-user-token': await userToken({ sub: 'user-1' }) })
    expect(owner.status).toBe(201)
  })

  test.each([
    ['invalid_json', '{"eventType":'],
    ['invalid_request', '[]'],
    ['invalid_request', '"save"'],
    ['invalid_request', { ...save, sentAt: 'yesterday' }],
    ['invalid_event', { eventType: 'Save' }],
    ['invalid_event', { eventType: 'save', entityType: 'page' }],
    ['unrecognized_keys', { ...save, evntType: 1 }],
    ['unrecognized_keys', '{"eventType":"save","entityType":"page","entityId":"home","__proto__":{"x":1}}'],
    ['invalid_event', { ...save, entityId: '\ud800' }],
    ['invalid_event', '{"eventType":"save","entityType":"page","entityId":"home","props":{"x":1e999}}'],
    ['unknown_event_type', { eventType: 'sabe' }],
    ['unknown_entity_type', { ...save, entityType: 'pagge' }],
    ['actor_not_allowed', { ...save, actorId: 'me' }],
    ['source_not_allowed', { ...save, source: 'api' }],
    ['server_only', { eventType: 'payout', props: { amount: 1 } }],
    ['occurred_in_future', { ...save, occurredAt: now + limits.maxFutureMs + 1 }],
    ['occurred_too_old', { ...save, occurredAt: now - limits.maxAgeMs - 1 }],
  ])('400 %s for %j', async (code, event) => {
    const { track } = await testCollector({ plan, now: () => now })
    const { status, body, headers } = await track(event)
    expect({ status, code: codeOf(body) }).toEqual({ status: 400, code })
    expect(headers.get('content-type')).toBe('application/problem+json')
  })

  test.each([
    [now + limits.maxFutureMs + 1, 'occurredAt lies 61 s in the future, at most 60 are taken'],
    [now - limits.maxAgeMs - 1, 'occurredAt is 30.1 days old, at most 30 are taken'],
  ])('400 that says by how much the time is out of bounds', async (occurredAt, sentence) => {
    const { track } = await testCollector({ plan, now: () => now })
    expect((await track({ ...save, occurredAt })).body).toMatchObject({ detail: expect.stringContaining(sentence) })
  })

  test('400 with a pointer to what is wrong', async () => {
    const { track } = await testCollector({ plan })
    const { body } = await track({ ...save, props: { metadata: { rating: 'five' } } })
    expect(body).toMatchObject({
      code: 'invalid_event',
      errors: [{ pointer: '/props/metadata/rating', code: 'invalid_type' }],
    })
    const missing = await track({ eventType: 'payout' }, 'secret')
    expect(missing.body).toMatchObject({
      code: 'missing_prop',
      errors: [{ pointer: '/props/amount', code: 'missing_prop' }],
    })
  })

  test('a problem says its type, title, status and detail', async () => {
    const { track } = await testCollector()
    expect((await track('nonsense')).body).toEqual({
      type: 'urn:tallymark:problem:invalid_json',
      title: expect.any(String),
      status: 400,
      detail: expect.any(String),
      code: 'invalid_json',
    })
  })

  test('401 missing_key, invalid_key and revoked_key', async () => {
    let time = now
    const { track, store } = await testCollector({ now: () => time })
    expect(await track(save, null)).toMatchObject({ status: 401, body: { code: 'missing_key' } })
    expect(await track(save, null, { authorization: 'Bearer tm_pub_nobody' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_key' },
    })
    const { makeKeyText, toStoredKey } = await import('../keys/key.ts')
    const text = makeKeyText('write')
    const key = toStoredKey('write', text, time)
    await store.addKey(key)
    time += 2000
    expect((await track(save, null, { authorization: `Bearer ${text}` })).status).toBe(201)
    await store.revokeKey(key.id, time)
    time += 2000
    expect(await track(save, null, { authorization: `Bearer ${text}` })).toMatchObject({
      status: 401,
      body: { code: 'revoked_key' },
    })
  })

  test.each([
    ['a token that was signed with another secret', () => 'e30.e30.x'],
    ['an expired token', () => userToken({ exp: 1 })],
    ['a token without exp', () => userToken({ exp: null })],
    ['a token without sub', () => userToken({ sub: undefined })],
    ['a token with traits that are nested too deeply', () => userToken({ traits: { a: deep(10) } })],
    ['a token whose role is no text', () => userToken({ role: 7 })],
  ])('401 invalid_user_token for %s, and stores nothing', async (_, token) => {
    const { track, get } = await testCollector()
    const { status, body } = await track({ ...save, userToken: await token() })
    expect({ status, code: codeOf(body) }).toEqual({ status: 401, code: 'invalid_user_token' })
    expect((await get('/v1/counts?entityType=page&entityId=home')).body).toMatchObject({
      counts: { home: { save: { count: 0 } } },
    })
  })

  test('401 invalid_user_token for one in the header that is too long, and 400 in the body', async () => {
    const { track } = await testCollector()
    const token = await userToken({ traits: { a: 'x'.repeat(9000) } })
    expect(await track(save, 'write', { 'x-user-token': token })).toMatchObject({
      status: 401,
      body: { code: 'invalid_user_token' },
    })
    expect(await track({ ...save, userToken: token })).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })

  test('401 user_token_unsupported where the collector has no secret', async () => {
    const { track } = await testCollector({ takesUserTokens: false })
    expect(await track({ ...save, userToken: await userToken() })).toMatchObject({
      status: 401,
      body: { code: 'user_token_unsupported' },
    })
  })

  test('403 origin_not_allowed for a page that is not on the key’s list', async () => {
    const { track } = await testCollector({ origins: ['https://a.example'] })
    expect((await track(save, 'write', { origin: 'https://a.example' })).status).toBe(201)
    expect((await track(save, 'write')).status).toBe(201)
    expect(await track(save, 'write', { origin: 'https://b.example' })).toMatchObject({
      status: 403,
      body: { code: 'origin_not_allowed' },
    })
  })

  test('403 key_in_url for any key but a write key', async () => {
    const { send } = await testCollector()
    expect((await send('POST', `/v1/track?key=${testKeys.write}`, save, null)).status).toBe(201)
    for (const key of [testKeys.secret, testKeys.admin, 'tm_sec_guessed']) {
      expect(await send('POST', `/v1/track?key=${key}`, save, null)).toMatchObject({
        status: 403,
        body: { code: 'key_in_url' },
      })
    }
  })

  test('the key may be the user name of Basic authentication', async () => {
    const { track } = await testCollector()
    const authorization = `Basic ${Buffer.from(`${testKeys.write}:`).toString('base64')}`
    expect((await track(save, null, { authorization })).status).toBe(201)
  })

  test('404 entity_not_found for an unknown or somebody else’s private entity of a registered type', async () => {
    const { track, put } = await testCollector({ plan })
    const event = { eventType: 'view', entityType: 'project', entityId: 7 }
    const unknown = await track(event)
    expect(unknown).toMatchObject({ status: 404, body: { code: 'entity_not_found' } })
    await put('/v1/entities/project/7', { ownerId: 'user-1', visibility: 'private' })
    const hidden = await track(event)
    expect(hidden.body).toEqual(unknown.body)
    expect((await track(event, 'write', { 'x-user-token': await userToken({ sub: 'user-1' }) })).status).toBe(201)
    await put('/v1/entities/project/7', { visibility: 'public' })
    expect((await track(event)).status).toBe(201)
  })

  test('413 body_too_large by the declared length, after decompression, and without any length', async () => {
    const { track, app } = await testCollector()
    const large = JSON.stringify({ ...save, props: { text: 'x'.repeat(limits.maxBodyBytes) } })
    expect(await track(large, 'write', { 'content-length': String(large.length) })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    })
    const zipped = await app.request('/v1/track', {
      method: 'POST',
      headers: { authorization: `Bearer ${testKeys.write}`, 'content-type': 'text/plain' },
      body: gzipSync(large),
    })
    expect(zipped.status).toBe(413)
    expect((await track(large)).status).toBe(413)
  })

  test('the operator says how large bodies, batches and events may be', async () => {
    const { track, send, get, app } = await testCollector({
      limits: { bodyBytes: 2000, batchEvents: 3, eventBytes: 500 },
    })
    const sized = (bytes: number) => ({ ...save, props: { text: 'x'.repeat(bytes) } })
    const batch = (events: object[]) => send('POST', '/v1/batch', { events }, 'write')
    expect((await track(sized(100))).status).toBe(201)
    expect((await track(sized(500))).body).toMatchObject({
      code: 'event_too_large',
      detail: expect.stringContaining('500'),
    })
    expect((await track(sized(2000))).body).toMatchObject({ code: 'body_too_large' })
    const zipped = gzipSync(JSON.stringify(sized(2000)))
    const headers = { authorization: `Bearer ${testKeys.write}`, 'content-type': 'text/plain' }
    expect((await app.request('/v1/track', { method: 'POST', headers, body: zipped })).status).toBe(413)
    expect((await batch([save, save, save])).status).toBe(200)
    expect((await batch([save, save, save, save])).body).toMatchObject({ code: 'batch_too_large' })
    const document = (await get('/openapi.json')).body as { paths: Record<string, { post: { summary: string } }> }
    expect(document.paths['/v1/batch']?.post.summary).toBe('Takes up to 3 events')
  })

  test('413 event_too_large for an event over its limit in a body within its own', async () => {
    const { track } = await testCollector()
    const event = { ...save, context: { title: 'x'.repeat(limits.maxEventBytes) } }
    expect(await track(event)).toMatchObject({ status: 413, body: { code: 'event_too_large' } })
  })

  test('415 for a media type that is not JSON and an unknown encoding', async () => {
    const { track } = await testCollector()
    const unsupported = { status: 415, body: { code: 'unsupported_media_type' } }
    expect(await track(save, 'write', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject(
      unsupported,
    )
    expect(await track(save, 'write', { 'content-encoding': 'br' })).toMatchObject(unsupported)
    expect((await track(save, 'write', { 'content-type': 'Text/Plain; charset=UTF-8' })).status).toBe(201)
  })

  test('503 shutting_down with Retry-After while the collector stops', async () => {
    const { track, stop } = await testCollector()
    stop()
    const { status, body, headers } = await track(save)
    expect({ status, code: codeOf(body) }).toEqual({ status: 503, code: 'shutting_down' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('a body', () => {
  test.each([
    ['says so', { 'content-encoding': 'gzip' }],
    ['does not say so', {}],
  ])('may be gzip when it %s', async (_, headers) => {
    const { app } = await testCollector()
    const response = await app.request('/v1/track', {
      method: 'POST',
      headers: { authorization: `Bearer ${testKeys.write}`, 'content-type': 'text/plain', ...headers },
      body: gzipSync(JSON.stringify(save)),
    })
    expect(response.status).toBe(201)
  })

  test.each([
    ['broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['nothing at all', Buffer.alloc(0)],
  ])('of %s is a 400', async (_, body) => {
    const { app } = await testCollector()
    const headers = { authorization: `Bearer ${testKeys.write}`, 'content-type': 'application/json' }
    const response = await app.request('/v1/track', { method: 'POST', headers, body })
    expect({ status: response.status, code: codeOf(await response.json()) }).toEqual({
      status: 400,
      code: 'invalid_json',
    })
  })
})

describe('the checks come in the order of the contract', () => {
  test('size → key → origin → media type → JSON → shape → user token → events', async () => {
    const { track } = await testCollector({ origins: ['https://a.example'] })
    const all = {
      'content-length': String(limits.maxBodyBytes + 1),
      authorization: 'Bearer nobody-knows-it',
      origin: 'https://b.example',
      'content-type': 'text/html',
      'x-user-token': 'x',
    }
    const { 'content-length': _length, ...fits } = all
    const { authorization: _key, ...known } = fits
    const { origin: _origin, ...allowed } = known
    const { 'content-type': _type, ...typed } = allowed
    const codes = [
      await track('{', null, all),
      await track('{', null, fits),
      await track('{', 'write', known),
      await track('{', 'write', allowed),
      await track('{', 'write', typed),
      await track('[]', 'write', typed),
      await track({ eventType: 'X' }, 'write', typed),
      await track({ eventType: 'X' }, 'write'),
    ].map(({ body }) => codeOf(body))
    expect(codes).toEqual([
      'body_too_large',
      'invalid_key',
      'origin_not_allowed',
      'unsupported_media_type',
      'invalid_json',
      'invalid_request',
      'invalid_user_token',
      'invalid_event',
    ])
  })

  test('an event: schema → plan → known id → time → entity → window', async () => {
    const { track, put } = await testCollector({ plan, now: () => now })
    await put('/v1/entities/project/1', {})
    const view = { eventType: 'view', entityType: 'project', entityId: 1, anonymousId: id(9) }
    const tooOld = now - limits.maxAgeMs - 1
    await track({ ...view, idempotencyKey: id(1) })
    const answers = [
      await track({ ...view, eventType: 'nothing', surface: 1 }),
      await track({ ...view, eventType: 'nothing', idempotencyKey: id(1) }),
      await track({ ...view, idempotencyKey: id(1), occurredAt: tooOld, entityId: 2 }),
      await track({ ...view, idempotencyKey: id(2), occurredAt: tooOld, entityId: 2 }),
      await track({ ...view, idempotencyKey: id(2), entityId: 2 }),
      await track({ ...view, idempotencyKey: id(2) }),
    ]
    expect(answers.map(({ body }) => (body as { reason?: string }).reason ?? codeOf(body))).toEqual([
      'invalid_event',
      'unknown_event_type',
      'duplicate',
      'occurred_too_old',
      'entity_not_found',
      'duplicate',
    ])
  })
})

describe('POST /v1/batch', () => {
  test('answers each event by itself, and stores the valid ones', async () => {
    const { batch, get } = await testCollector({ plan, now: () => now })
    const { status, body } = await batch({
      events: [
        { ...save, idempotencyKey: id(1) },
        { ...save, idempotencyKey: id(1) },
        { eventType: 'nothing' },
        'not an event',
      ],
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      total: 4,
      successful: 2,
      failed: 2,
      results: [
        { index: 0, status: 'fulfilled', data: { eventId: id(1), tracked: true }, error: null },
        { index: 1, status: 'fulfilled', data: { eventId: id(1), tracked: false, reason: 'duplicate' }, error: null },
        {
          index: 2,
          status: 'rejected',
          data: null,
          error: {
            code: 'unknown_event_type',
            detail: expect.any(String),
            errors: [expect.objectContaining({ pointer: '/events/2/eventType' })],
          },
        },
        { index: 3, status: 'rejected', data: null, error: expect.objectContaining({ code: 'invalid_event' }) },
      ],
    })
    expect((await get('/v1/counts?entityType=page&entityId=home')).body).toEqual({
      counts: { home: { save: { count: 1, unique: 0 } } },
    })
  })

  test.each([
    ['an empty list', { events: [] }, 'invalid_request'],
    ['no list', {}, 'invalid_request'],
    ['51 events', { events: Array.from({ length: 51 }, () => save) }, 'batch_too_large'],
    ['an unknown key', { events: [save], evnts: [] }, 'unrecognized_keys'],
    ['a bad attribution', { events: [save], attribution: { referrer: 'nowhere' } }, 'invalid_request'],
  ])('with %s is a 400 and stores nothing', async (_, body, code) => {
    const { batch, get } = await testCollector()
    const answer = await batch(body)
    expect({ status: answer.status, code: codeOf(answer.body) }).toEqual({ status: 400, code })
    expect((await get('/v1/counts?entityType=page&entityId=home&eventType=save')).body).toEqual({
      counts: { home: { save: { count: 0, unique: 0 } } },
    })
  })

  test('of 50 events is taken whole', async () => {
    const { batch } = await testCollector()
    expect((await batch({ events: Array.from({ length: 50 }, () => save) })).body).toMatchObject({
      total: 50,
      successful: 50,
    })
  })

  test('with a bad user token stores nothing', async () => {
    const { batch } = await testCollector()
    expect(await batch({ events: [save], userToken: 'x' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_user_token' },
    })
  })
})

describe('who did it', () => {
  test('a server with the secret key names the actor and any source, and may send what is kept for servers', async () => {
    const { track } = await testCollector({ plan })
    const event = {
      eventType: 'payout',
      props: { amount: 5 },
      actorId: 'user-7',
      actorType: 'creator',
      source: 'webhook',
    }
    expect((await track(event, 'secret')).status).toBe(201)
  })

  test('an actor type alone names nobody', async () => {
    const { track } = await testCollector()
    expect(await track({ ...save, actorType: 'creator' }, 'secret')).toMatchObject({
      status: 400,
      body: { code: 'invalid_event', errors: [{ pointer: '/actorId', code: 'missing_field' }] },
    })
  })

  test('a server cannot be kept out by an id that a page has taken', async () => {
    const { track } = await testCollector()
    await track({ ...save, idempotencyKey: id(1) })
    expect((await track({ ...save, idempotencyKey: id(1) }, 'secret')).status).toBe(201)
    expect((await track({ ...save, idempotencyKey: id(1) }, 'secret')).status).toBe(200)
  })

  test('the same person on two devices is one viewer, when signed in', async () => {
    const { track, get } = await testCollector()
    const token = await userToken({ sub: 'user-1', role: 'creator', traits: { email: 'a@example.com' } })
    await track({ ...save, anonymousId: id(1), idempotencyKey: id(1) }, 'write', { 'x-user-token': token })
    await track({ ...save, anonymousId: id(2), idempotencyKey: id(2), userToken: token })
    expect((await get('/v1/counts?entityType=page&entityId=home&eventType=save')).body).toEqual({
      counts: { home: { save: { count: 2, unique: 1 } } },
    })
  })
})
