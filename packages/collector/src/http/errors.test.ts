import { definePlan } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { testCollector, userToken } from '../testing/test-collector.ts'

const noon = Date.UTC(2026, 5, 15, 12)
const plan = definePlan({ name: 'strict', entities: { page: {} }, events: { save: { on: ['page'], public: true } } })
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const props = {
  kind: 'network',
  context: 'loading the feed',
  message: 'it timed out',
  stack: 'at feed.js:1',
  metadata: { tries: 3 },
}
const failure = { eventType: 'client_error', props, anonymousId: 'a0000000-0000-4000-8000-000000000001' }
const id = '0198a0a0-0000-7000-8000-000000000001'

describe('an error that a client tells of', () => {
  test('is kept apart from the log, under any plan, with user, page and time', async () => {
    const { track, batch, get, store } = await testCollector({ plan, now: () => noon })
    const token = await userToken({ sub: 'ann', exp: noon / 1000 + 3600 })
    const told = { ...failure, idempotencyKey: id, occurredAt: noon - 5000, context: { path: '/feed?token=1' } }
    const first = await track(told, 'write', { 'x-user-token': token })
    expect({ status: first.status, body: first.body }).toEqual({ status: 201, body: { eventId: id, tracked: true } })
    expect((await track(told)).body).toEqual({ eventId: id, tracked: false, reason: 'duplicate' })
    const mixed = await batch({ events: [save, { ...failure, props: { ...props, kind: 'validation' } }, save, {}] })
    expect((mixed.body as { results: { status: string }[] }).results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ])

    const { items, nextCursor } = (await get('/v1/admin/errors', 'admin')).body as { items: object[]; nextCursor: null }
    expect(nextCursor).toBeNull()
    expect(items).toEqual([
      expect.objectContaining({ kind: 'validation', actorId: null }),
      {
        ...props,
        id: '1',
        receivedAt: new Date(noon).toISOString(),
        occurredAt: new Date(noon - 5000).toISOString(),
        actorId: 'ann',
        page: { path: '/feed' },
      },
    ])
    const network = (await get('/v1/admin/errors?kind=network', 'admin')).body as { items: object[] }
    expect(network.items).toHaveLength(1)
    let exported = ''
    for await (const chunk of store.export()) exported += chunk
    expect(exported.match(/"kind":"event"/g)).toHaveLength(2)
    expect(exported).not.toContain('"eventType":"client_error"')
  })

  test.each([
    [{ ...props, kind: 'mood' }, '/props/kind'],
    [{ ...props, message: undefined }, '/props/message'],
    [{ ...props, surprise: 1 }, '/props/surprise'],
    [undefined, '/props'],
  ])('is checked: %j', async (wrong, pointer) => {
    const { track } = await testCollector({ plan })
    const { status, body } = await track({ ...failure, props: wrong })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain(pointer)
  })

  test('comes no faster than it may, and holds up no event', async () => {
    let now = noon
    const { batch, track, get } = await testCollector({ plan, now: () => now })
    const many = (await batch({ events: Array(40).fill(failure) })).body as { successful: number; failed: number }
    expect(many).toMatchObject({ successful: 30, failed: 10 })
    expect(await track(failure)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect((await track(save)).status).toBe(201)
    expect((await track({ ...failure, anonymousId: id })).status, 'others may').toBe(201)
    now += 60_000
    expect((await track(failure)).status).toBe(201)
    expect(((await get('/v1/admin/errors', 'admin')).body as { items: object[] }).items).toHaveLength(32)
  })

  test('comes no faster from one client, whatever devices it makes up', async () => {
    const { batch, track, client } = await testCollector({ plan, address: '203.0.113.7', now: () => noon })
    const device = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
    let kept = 0
    for (let n = 0; n < 150; n += 50) {
      const events = Array.from({ length: 50 }, (_, index) => ({ ...failure, anonymousId: device(n + index) }))
      kept += ((await batch({ events })).body as { successful: number }).successful
    }
    expect(kept).toBe(120)
    expect((await track({ ...failure, anonymousId: device(999) })).status).toBe(429)
    client.address = '203.0.113.8'
    expect((await track({ ...failure, anonymousId: device(999) })).status).toBe(201)
  })

  test('is kept of so many in all, from however many clients', async () => {
    const { batch, client } = await testCollector({ plan, now: () => noon })
    let kept = 0
    for (let n = 0; n < 15; n++) {
      client.address = `203.0.113.${n}`
      const device = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
      const another = device.replace(/^0/, '1')
      const events = Array.from({ length: 50 }, (_, index) => ({
        ...failure,
        anonymousId: index % 2 === 0 ? device : another,
      }))
      kept += ((await batch({ events })).body as { successful: number }).successful
    }
    expect(kept).toBe(600)
  })

  test('goes with the person who is erased, and with a purge', async () => {
    const { track, send, store } = await testCollector({ plan })
    await track(failure)
    await track(failure, 'write', { 'x-user-token': await userToken({ sub: 'ann' }) })
    await track({ ...failure, anonymousId: undefined })
    expect(await store.erase({ userId: 'ann' })).toMatchObject({ errors: 1 })
    expect(await store.erase({ anonymousId: failure.anonymousId })).toMatchObject({ errors: 1 })
    // What their queues still hold of before does not bring them back.
    const before = { ...failure, occurredAt: Date.now() - 60_000 }
    expect((await track(before)).body).toMatchObject({ tracked: false, reason: 'duplicate' })
    const late = await track({ ...before, anonymousId: undefined }, 'write', {
      'x-user-token': await userToken({ sub: 'ann' }),
    })
    expect(late.body).toMatchObject({ tracked: false, reason: 'duplicate' })
    // Nobody loses all of them who means some.
    expect((await send('DELETE', '/v1/admin/errors?kind=network', undefined, 'admin')).status).toBe(400)
    expect((await send('DELETE', '/v1/admin/errors', undefined, 'admin')).body).toEqual({ purged: 1 })
  })
})

test.each(['GET', 'DELETE'])(
  '%s /v1/admin/errors takes the admin key alone, and parameters that it knows',
  async (method) => {
    const { send } = await testCollector()
    for (const key of ['write', 'secret'] as const) {
      expect((await send(method, '/v1/admin/errors', undefined, key)).status).toBe(403)
    }
    expect((await send('GET', '/v1/admin/errors?kind=mood', undefined, 'admin')).status).toBe(400)
    expect((await send('GET', '/v1/admin/errors?cursor=x', undefined, 'admin')).status).toBe(400)
  },
)
