import { describe, expect, test, vi } from 'vitest'
import { testCollector, testKeys, userToken } from '../testing/test-collector.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const anonymousId = 'a0000000-0000-4000-8000-000000000001'

async function saves(get: Awaited<ReturnType<typeof testCollector>>['get']) {
  const { body } = await get('/v1/counts?entityType=page&entityId=home&eventType=save')
  return (body as { counts: { home: { save: { count: number; unique: number } } } }).counts.home.save
}

describe('DELETE /v1/users/{id}', () => {
  test('lets users erase themselves, from a page, with what the SDK sends', async () => {
    const { track, get, send } = await testCollector({ origins: ['https://a.example'] })
    const token = await userToken({ sub: 'ann@home' })
    await track(save, 'write', { 'x-user-token': token })
    await track(save, 'write', { 'x-user-token': await userToken({ sub: 'ben' }) })
    expect(await saves(get)).toEqual({ count: 2, unique: 2 })

    const path = `/v1/users/ann%40home?key=${testKeys.write}`
    const preflight = await send('OPTIONS', path, undefined, null, {
      origin: 'https://a.example',
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'x-user-token',
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://a.example')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-user-token')

    const { status, body } = await send('DELETE', path, undefined, null, {
      origin: 'https://a.example',
      'x-user-token': token,
    })
    expect({ status, body }).toEqual({
      status: 200,
      body: { erased: { events: 1, unlinked: 0, rejected: 0, errors: 0 } },
    })
    expect(await saves(get)).toEqual({ count: 1, unique: 1 })
  })

  test('lets nobody erase somebody else, but the admin', async () => {
    const { track, send } = await testCollector()
    await track(save, 'write', { 'x-user-token': await userToken({ sub: 'ann' }) })
    const ben = { 'x-user-token': await userToken({ sub: 'ben' }) }
    for (const key of ['write', 'secret'] as const) {
      for (const headers of [{}, ben]) {
        const answer = await send('DELETE', '/v1/users/ann', undefined, key, headers)
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      }
      const forged = await send('DELETE', '/v1/users/ann', undefined, key, { 'x-user-token': 'forged' })
      expect(forged).toMatchObject({ status: 401, body: { code: 'invalid_user_token' } })
    }
    expect((await send('DELETE', '/v1/users/ann', undefined, null)).status).toBe(401)
    const byAdmin = await send('DELETE', '/v1/users/ann', undefined, 'admin')
    expect(byAdmin).toMatchObject({ status: 200, body: { erased: { events: 1 } } })
    expect((await send('DELETE', '/v1/users/ann', undefined, 'admin')).body).toEqual({
      erased: { events: 0, unlinked: 0, rejected: 0, errors: 0 },
    })
  })
})

describe('DELETE /v1/visitors/{anonymousId}', () => {
  test('erases the device, and only takes its id from what users did on it', async () => {
    const { track, get, send } = await testCollector()
    await track({ ...save, anonymousId })
    await track({ ...save, anonymousId }, 'write', { 'x-user-token': await userToken() })
    const { status, body } = await send('DELETE', `/v1/visitors/${anonymousId.toUpperCase()}`, undefined, 'admin')
    expect({ status, body }).toEqual({
      status: 200,
      body: { erased: { events: 1, unlinked: 1, rejected: 0, errors: 0 } },
    })
    expect(await saves(get)).toEqual({ count: 1, unique: 1 })
  })

  test.each([
    ['of no version', '11111111-1111-0111-0111-111111111111'],
    ['in capitals', anonymousId.toUpperCase()],
  ])('erases a device whose id is one %s, with what was rejected a moment before', async (_, id) => {
    const { track, get, send } = await testCollector()
    await track({ ...save, anonymousId: id })
    await track({ ...save, anonymousId: id.toLowerCase(), surprise: 1 })
    const { status, body } = await send('DELETE', `/v1/visitors/${id}`, undefined, 'admin')
    expect({ status, body }).toEqual({
      status: 200,
      body: { erased: { events: 1, unlinked: 0, rejected: 1, errors: 0 } },
    })
    expect((await get('/v1/admin/rejected', 'admin')).body).toMatchObject({ items: [] })

    // What its queue still has of before is not kept either; what is done from now on is new.
    const late = { ...save, anonymousId: id, occurredAt: Date.now() - 60_000, surprise: 'late' }
    await track(late)
    await track({ ...late, occurredAt: new Date(late.occurredAt).toISOString() })
    await track({ ...save, anonymousId: id, surprise: 'new' })
    const items = await vi.waitFor(async () => {
      const answer = (await get('/v1/admin/rejected/events', 'admin')).body as { items: { event: object }[] }
      expect(answer.items).not.toEqual([])
      return answer.items
    })
    expect(items.map(({ event }) => event)).toEqual([{ ...save, anonymousId: id, surprise: 'new' }])
  })

  test('takes the admin key alone, and a UUID', async () => {
    const { send } = await testCollector()
    for (const key of ['write', 'secret'] as const) {
      expect((await send('DELETE', `/v1/visitors/${anonymousId}`, undefined, key)).status).toBe(403)
    }
    expect(await send('DELETE', '/v1/visitors/x', undefined, 'admin')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
  })
})
