import { definePlan } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testCollector, testKeys, userToken } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'pixels',
  entities: { mail: {}, note: {} },
  events: {
    open: {
      on: ['mail', 'note'],
      pixel: true,
      public: true,
      dedupe: 'none',
      props: z.looseObject({ campaign: z.string().max(5).optional() }),
    },
    click: { on: ['mail'], public: true, dedupe: 'none' },
  },
})

const gif = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'
const id = '0197c0de-0000-7000-8000-000000000001'
const good = { key: testKeys.write, eventType: 'open', entityType: 'mail', entityId: '7' }

async function pixelCollector(options: Parameters<typeof testCollector>[0] = {}) {
  const collector = await testCollector({ plan, ...options })
  return {
    ...collector,
    /** Asks for the image, and sees to it that it is one. */
    async pixel(query: Record<string, string> | string, headers: Record<string, string> = {}) {
      const response = await collector.app.request(`/v1/pixel.gif?${new URLSearchParams(query)}`, { headers })
      expect(Buffer.from(await response.arrayBuffer()).toString('base64')).toBe(gif)
      expect({
        status: response.status,
        type: response.headers.get('content-type'),
        caching: response.headers.get('cache-control'),
      }).toEqual({ status: 200, type: 'image/gif', caching: 'no-store' })
    },
    async stored(entityType = 'mail', eventType = 'open') {
      const query = { entityType, entityIds: ['7'], eventTypes: [eventType] }
      return (await collector.store.counts(query)).answer.counts['7']?.[eventType]?.count
    },
  }
}

describe('GET /v1/pixel.gif', () => {
  test('stores the event before the image comes', async () => {
    const { pixel, stored, errors } = await pixelCollector()
    await pixel(good)
    expect(await stored()).toBe(1)
    expect(errors).toEqual([])
  })

  test('stores nothing for HEAD, which only asks what GET would answer', async () => {
    const { app, stored } = await pixelCollector()
    const response = await app.request(`/v1/pixel.gif?${new URLSearchParams(good)}`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await stored()).toBe(0)
  })

  test('takes every scalar field by its name, and props behind a prefix', async () => {
    const now = Date.UTC(2026, 0, 15, 12)
    const { pixel, stored } = await pixelCollector({ now: () => now })
    await pixel({
      ...good,
      sessionId: id,
      anonymousId: id,
      source: 'mobile',
      surface: 'inbox',
      position: '3',
      durationMs: '12.5',
      completed: 'true',
      occurredAt: String(now - 1000),
      idempotencyKey: id,
      'props.campaign': 'may',
      'props.__proto__': 'odd',
    })
    expect(await stored()).toBe(1)
  })

  test('stores an event once, however often its image is loaded', async () => {
    const { pixel, stored } = await pixelCollector()
    for (let load = 0; load < 3; load++) await pixel({ ...good, idempotencyKey: id })
    expect(await stored()).toBe(1)
  })

  test('places an event in time by its occurredAt, as text and as a number', async () => {
    const now = Date.UTC(2026, 0, 15, 12)
    const { pixel, stored } = await pixelCollector({ now: () => now })
    await pixel({ ...good, occurredAt: '2026-01-15T12:00:00Z' })
    await pixel({ ...good, occurredAt: String(now) })
    await pixel({ ...good, occurredAt: String(now + 3_600_000) })
    await pixel({ ...good, occurredAt: '2025-01-15T12:00:00Z' })
    expect(await stored()).toBe(2)
  })

  test.each([
    ['without a key', { key: '' }],
    ['with an unknown key', { key: 'tm_pub_nobody-has-this' }],
    ['with a secret key in the URL', { key: testKeys.secret }],
    ['with the admin key in the URL', { key: testKeys.admin }],
    ['of a type that is not for images', { eventType: 'click' }],
    ['of an unknown type', { eventType: 'opne' }],
    ['of no type', { eventType: '' }],
    ['of a type that every object has', { eventType: 'constructor' }],
    ['with an unknown field', { entiyId: '7' }],
    ['with an unknown entity type', { entityType: 'letter' }],
    ['with a position that is no number', { position: 'first' }],
    ['with a position that was left empty', { position: '' }],
    ['with a position in another notation', { position: '0x10' }],
    ['with completed that is neither true nor false', { completed: 'yes' }],
    ['with props as a field', { props: '{"campaign":"may"}' }],
    ['with props that the plan refuses', { 'props.campaign': 'too long for it' }],
    ['with an attribution', { attribution: '{}' }],
    ['that names the actor', { actorId: 'user-1' }],
    ['from a server’s channel', { source: 'api' }],
    ['with a time of sending', { sentAt: '0' }],
    ['with an unknown key from every object', { __proto__x: '1' }],
  ])('shows the image and stores nothing %s', async (_, change) => {
    const { pixel, stored, errors } = await pixelCollector()
    await pixel({ ...good, ...change })
    expect([await stored(), await stored('mail', 'click')]).toEqual([0, 0])
    expect(errors).toEqual([])
  })

  test('takes no user token, neither in the URL nor in a header', async () => {
    const { pixel, put, stored, store } = await pixelCollector()
    const token = await userToken({ sub: 'owner' })
    await put('/v1/entities/note/7', { ownerId: 'owner', visibility: 'private' })
    await pixel({ ...good, entityType: 'note', userToken: token })
    await pixel({ ...good, entityType: 'note' }, { 'x-user-token': token })
    await store.putEntities([
      {
        ...{ entityType: 'note', entityId: '7', title: null, ownerId: null, publishedAt: null },
        ...{ visibility: 'public', metadata: null },
      },
    ])
    expect(await stored('note')).toBe(0)
  })

  test('takes the key from nowhere but a write key’s places', async () => {
    const { pixel, stored } = await pixelCollector()
    const { key: _, ...keyless } = good
    await pixel(keyless, { authorization: `Bearer ${testKeys.secret}` })
    expect(await stored()).toBe(0)
    await pixel(keyless, { authorization: `Bearer ${testKeys.write}` })
    expect(await stored()).toBe(1)
  })

  test('shows the image to a page whose origin the key does not allow, and stores nothing', async () => {
    const { pixel, stored } = await pixelCollector({ origins: ['https://a.example'] })
    await pixel(good, { origin: 'https://b.example' })
    expect(await stored()).toBe(0)
    await pixel(good, { origin: 'https://a.example' })
    expect(await stored()).toBe(1)
  })

  test('shows the image while the collector stops, and stores nothing', async () => {
    const { pixel, stored, stop } = await pixelCollector()
    stop()
    await pixel(good)
    expect(await stored()).toBe(0)
  })

  test('shows the image when the store is gone, and tells the operator', async () => {
    const { pixel, store, errors } = await pixelCollector()
    await pixel(good)
    await store.close()
    await pixel(good)
    expect(errors).toHaveLength(1)
  })

  test('of a query without end or sense is an image like any other', async () => {
    const { pixel, stored } = await pixelCollector()
    await pixel('')
    await pixel(`key=${testKeys.write}&${'a=b&'.repeat(3000)}`)
    await pixel(`key=${testKeys.write}&=&&%=%E0%A4%A&props.=1&props.a.b=2`)
    expect(await stored()).toBe(0)
  })
})
