import { definePlan } from '@tallymark/schemas'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'caps',
  entities: { page: {} },
  events: {
    like: { on: ['page'], public: true, dedupe: 'none' },
    save: { on: ['page'], public: true, dedupe: 'none' },
  },
})
const like = { eventType: 'like', entityType: 'page', entityId: 'home' }
const device = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const day = 86_400_000

async function cappedCollector(options: Parameters<typeof testCollector>[0] = {}) {
  const clock = { now: Date.UTC(2026, 0, 15, 12) }
  const collector = await testCollector({
    plan,
    publicCap: 3,
    address: '203.0.113.7',
    now: () => clock.now,
    ...options,
  })
  let sent = 0
  return {
    ...collector,
    clock,
    /** Each from a device of its own, as somebody would who wants many to be believed. */
    async send(times: number, event: object = like, key: 'write' | 'secret' = 'write') {
      const events = Array.from({ length: times }, () => ({ ...event, anonymousId: device(++sent) }))
      expect((await collector.batch({ events }, key)).body).toMatchObject({ successful: times })
    },
    async counts(eventType = 'like', key: 'write' | 'secret' = 'write') {
      const { body } = await collector.get(`/v1/counts?entityType=page&entityId=home&eventType=${eventType}`, key)
      return (body as { counts: { home: Record<string, unknown> } }).counts.home[eventType]
    },
  }
}

describe('of one client a public count takes so many a day', () => {
  test('and the rest is stored, marked and left out', async () => {
    const { send, counts, store, file, close } = await cappedCollector()
    await send(10)
    expect([await counts(), await counts('like', 'secret')]).toEqual([
      { count: 3, unique: 3 },
      { count: 3, unique: 3 },
    ])
    expect(await store.verify()).toEqual([])
    await close()
    const db = new Database(file, { readonly: true })
    expect(db.prepare('SELECT count(*) AS rows, total(over_cap) AS marked FROM event').get()).toEqual({
      rows: 10,
      marked: 7,
    })
    db.close()
  })

  test('for each event type, and for each client', async () => {
    const { send, counts, client } = await cappedCollector()
    await send(5)
    await send(5, { ...like, eventType: 'save' })
    expect([await counts(), await counts('save')]).toMatchObject([{ count: 3 }, { count: 3 }])
    client.address = '203.0.113.8'
    await send(5)
    expect(await counts()).toMatchObject({ count: 6 })
  })

  test('and as many the next day', async () => {
    const { send, counts, clock } = await cappedCollector()
    await send(5)
    clock.now += day
    await send(5)
    expect(await counts()).toMatchObject({ count: 6 })
  })

  test('across a restart as well', async () => {
    const before = await cappedCollector({ publicCap: 4 })
    await before.send(3)
    await before.close()
    const after = await cappedCollector({ publicCap: 4, file: before.file })
    await after.send(3)
    expect(await after.counts()).toMatchObject({ count: 4 })
  })

  test('whenever the client says that they occurred', async () => {
    const { send, counts, clock } = await cappedCollector()
    for (let ago = 0; ago < 5; ago++) await send(1, { ...like, occurredAt: clock.now - ago * day })
    expect(await counts()).toMatchObject({ count: 3 })
  })

  test('and duplicates are none of them', async () => {
    const { batch, send, counts } = await cappedCollector()
    const same = { ...like, idempotencyKey: device(0) }
    await batch({ events: [same, same, same, same] })
    await send(2)
    expect(await counts()).toMatchObject({ count: 3 })
  })

  test('but not of a server, which sends for many, nor where there is no cap', async () => {
    const server = await cappedCollector()
    await server.send(10, like, 'secret')
    expect(await server.counts()).toMatchObject({ count: 10 })
    const uncapped = await cappedCollector({ publicCap: 0 })
    await uncapped.send(10)
    expect(await uncapped.counts()).toMatchObject({ count: 10 })
  })
})
