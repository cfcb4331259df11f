import { definePlan, type SessionClosed, type SessionOpened } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { type Key, testCollector, testKeys, userToken } from '../testing/test-collector.ts'

const anonymousId = 'a0000000-0000-4000-8000-000000000001'
const noon = Date.UTC(2026, 0, 15, 12)

async function openCollector(options: Parameters<typeof testCollector>[0] = {}) {
  const clock = { now: noon }
  const collector = await testCollector({ now: () => clock.now, ...options })
  const open = async (body?: unknown, key: Key = 'write', headers: Record<string, string> = {}) => {
    const answer = await collector.send('POST', '/v1/sessions', body, key, headers)
    return { ...answer, body: answer.body as SessionOpened }
  }
  const end = async (id: string, body?: unknown, key: Key = 'write', headers: Record<string, string> = {}) => {
    const answer = await collector.send('POST', `/v1/sessions/${id}/close`, body, key, headers)
    return { ...answer, body: answer.body as SessionClosed }
  }
  const logged = async () => {
    let text = ''
    for await (const chunk of collector.store.export()) text += chunk
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    return lines.filter(({ kind }) => kind === 'event')
  }
  return { ...collector, clock, open, end, logged }
}

describe('a session', () => {
  test('is opened, bound to what happens in it, and closed with how it went', async () => {
    const { open, end, track, clock } = await openCollector()
    const { status, body } = await open({ anonymousId, surface: 'home' })
    expect(status).toBe(201)
    expect(body).toEqual({ sessionId: expect.stringMatching(/^[\da-f-]{36}$/), startedAt: '2026-01-15T12:00:00.000Z' })
    const { sessionId } = body
    const on = { entityType: 'video', entityId: '1', sessionId, anonymousId }
    for (const eventType of ['view', 'save', 'impression', 'skip']) await track({ ...on, eventType })
    clock.now += 90_000
    expect(await end(sessionId, { anonymousId })).toMatchObject({
      status: 200,
      body: { sessionId, durationMs: 90_000, interactionCount: 3 },
    })
  })

  test('is nothing but its events: both markers are in the log, with who it was', async () => {
    const { open, end, logged, clock } = await openCollector()
    const token = { 'x-user-token': await userToken({ sub: 'ann', exp: noon / 1000 + 60 }) }
    const attribution = { utmSource: 'mail' }
    const { body } = await open({ anonymousId, attribution, source: 'mobile' }, 'write', token)
    clock.now += 1000
    await end(body.sessionId, { actorId: 'ann' }, 'secret')
    const [start, stop, ...more] = await logged()
    expect(more).toEqual([])
    const { sessionId } = body
    expect(start).toMatchObject({
      ...{ eventType: 'session_start', id: sessionId, sessionId, anonymousId, actorId: 'ann', source: 'mobile' },
      campaign: attribution,
    })
    expect(stop).toMatchObject({ eventType: 'session_end', sessionId, actorId: 'ann', occurredAt: noon + 1000 })
  })

  test('is opened and closed without a body, and with one that a beacon sends', async () => {
    const { app, open, end } = await openCollector()
    const { body } = await open(undefined, 'write', { 'content-type': 'text/plain' })
    const bare = await app.request(`/v1/sessions?key=${testKeys.write}`, { method: 'POST' })
    expect(bare.status).toBe(201)
    const typeless = { method: 'POST', body: new TextEncoder().encode('{}') }
    expect((await app.request(`/v1/sessions?key=${testKeys.write}`, typeless)).status).toBe(415)
    expect((await end(body.sessionId)).body).toEqual({ sessionId: body.sessionId, durationMs: 0, interactionCount: 0 })
  })

  test('closed twice is closed once; what comes later still belongs to it', async () => {
    const { open, end, track, logged, clock } = await openCollector()
    const { sessionId } = (await open()).body
    clock.now += 1000
    const first = await end(sessionId)
    clock.now += 60_000
    expect((await end(sessionId)).body).toEqual(first.body)
    expect(await logged()).toHaveLength(2)
    await track({ eventType: 'page_view', sessionId })
    expect((await end(sessionId)).body).toEqual({ sessionId, durationMs: 61_000, interactionCount: 1 })
  })

  test('that the page itself began is closed by its id, of whatever version', async () => {
    const { end, track } = await openCollector()
    for (const sessionId of [anonymousId, 'ffffffff-ffff-ffff-ffff-fffffffffff1']) {
      await track({ eventType: 'page_view', sessionId })
      expect((await end(sessionId.toUpperCase())).body).toMatchObject({ interactionCount: 1 })
      expect((await end(sessionId)).body).toMatchObject({ interactionCount: 1 })
    }
  })

  test('of which nothing counts has nothing to tell', async () => {
    const { open, end, logged } = await openCollector()
    const bot = { 'user-agent': 'Googlebot/2.1' }
    const { sessionId } = (await open({}, 'write', bot)).body
    const answer = await end(sessionId, {}, 'write', bot)
    expect(answer).toMatchObject({ status: 200, body: { sessionId, durationMs: 0, interactionCount: 0 } })
    expect(await logged()).toMatchObject([{ bot: 'user_agent' }, { bot: 'user_agent' }])
  })

  test('is closed by an id that is a UUID', async () => {
    const { end, logged } = await openCollector()
    expect(await end('mine')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(await logged()).toEqual([])
  })

  test.each<[string, unknown, Key, number, string]>([
    ['an actor that a page names', { actorId: 'ann' }, 'write', 400, 'actor_not_allowed'],
    ['a source that is not a page’s', { source: 'webhook' }, 'write', 400, 'source_not_allowed'],
    ['a bad user token', { userToken: 'forged' }, 'write', 401, 'invalid_user_token'],
    ['an unknown key', { eventType: 'view' }, 'write', 400, 'unrecognized_keys'],
    ['an id of its own', { sessionId: anonymousId }, 'write', 400, 'unrecognized_keys'],
    ['no object', '[]', 'write', 400, 'invalid_request'],
  ])('is not opened with %s', async (_, body, key, status, code) => {
    const { open, logged } = await openCollector()
    expect(await open(body, key)).toMatchObject({ status, body: { code } })
    expect(await logged()).toEqual([])
  })

  test('takes a key, and is charged like an event', async () => {
    const rate = { perSecond: 1, burst: 2 }
    const { app, open } = await openCollector({ rates: { client: undefined, key: rate, guesses: undefined } })
    expect((await app.request('/v1/sessions', { method: 'POST' })).status).toBe(401)
    expect([(await open()).status, (await open()).status, (await open()).status]).toEqual([201, 201, 429])
  })
})

describe('a session marker', () => {
  test('may be sent as an event under any plan, with its session', async () => {
    const plan = definePlan({ name: 'closed', entities: {}, events: {} })
    const { track } = await openCollector({ plan })
    expect((await track({ eventType: 'session_start', sessionId: anonymousId })).status).toBe(201)
    expect(await track({ eventType: 'session_end' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_event', errors: [{ pointer: '/sessionId' }] },
    })
  })
})
