import { describe, expect, test } from 'vitest'
import { toStoredKey } from '../keys/key.ts'
import { codeOf, testCollector, testKeys } from '../testing/test-collector.ts'
import { type RateOptions, Rates } from './rates.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const key = toStoredKey('write', testKeys.write, 0)

function rates(options: Partial<RateOptions>) {
  const clock = { now: 1_000_000 }
  const all = new Rates({ client: undefined, key: undefined, guesses: undefined, ...options }, () => clock.now)
  const isTaken = (client: string | null = null, from = key) => {
    try {
      return all.charge(from, client)
    } catch {
      return undefined
    }
  }
  return { all, clock, isTaken }
}

describe('a rate', () => {
  test('takes a burst, and then so many a second', () => {
    const { clock, isTaken } = rates({ client: { perSecond: 2, burst: 5 } })
    const taken = () => Array.from({ length: 9 }, () => isTaken('a')).filter(Boolean).length
    expect(taken()).toBe(5)
    clock.now += 1000
    expect(taken()).toBe(2)
    clock.now += 3_600_000
    expect(taken()).toBe(5)
  })

  test('is charged for each event, and what a batch has beyond it is owed', () => {
    const { clock, isTaken } = rates({ client: { perSecond: 10, burst: 10 } })
    isTaken('a')?.add(29)
    clock.now += 2000
    expect(isTaken('a')).toBeUndefined()
    clock.now += 100
    expect(isTaken('a')).toBeDefined()
  })

  test('of a client is its own, whatever the others do', () => {
    const { isTaken } = rates({ client: { perSecond: 1, burst: 1 } })
    expect([isTaken('a'), isTaken('a'), isTaken('b')].map(Boolean)).toEqual([true, false, true])
  })

  test('of a key is that of all its clients together', () => {
    const { isTaken } = rates({ key: { perSecond: 1, burst: 2 } })
    const other = toStoredKey('write', 'tm_pub_another-write-key', 0)
    expect([isTaken('a'), isTaken('b'), isTaken('c'), isTaken('a', other)].map(Boolean)).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  test('gives nothing for a clock that is set back', () => {
    const { clock, isTaken } = rates({ client: { perSecond: 1, burst: 1 } })
    isTaken('a')
    clock.now -= 3_600_000
    expect(isTaken('a')).toBeUndefined()
    clock.now += 1000
    expect(isTaken('a')).toBeDefined()
  })

  test('is told in the headers of the IETF draft', () => {
    const { clock, isTaken } = rates({ client: { perSecond: 10, burst: 100 }, key: { perSecond: 1000, burst: 5000 } })
    const charge = isTaken('a')
    charge?.add(19)
    expect(charge?.headers()).toEqual({
      'RateLimit-Policy': '"client";q=100;w=10, "key";q=5000;w=5',
      RateLimit: '"client";r=80;t=2, "key";r=4980;t=1',
    })
    clock.now += 500
    expect(isTaken('a')?.headers().RateLimit).toBe('"client";r=84;t=2, "key";r=4999;t=1')
  })
})

describe('over its rate', () => {
  const clock = () => 1_000_000
  const one = { client: { perSecond: 1, burst: 2 }, key: { perSecond: 100, burst: 1000 }, guesses: undefined }

  test('a client is told to wait, in a way that its page can read, before its body is looked at', async () => {
    const { track, batch } = await testCollector({ rates: one, address: '203.0.113.7', now: clock })
    expect((await batch({ events: [save, save, save] })).status).toBe(200)
    const refused = await track('no JSON', 'write', { origin: 'https://a.example' })
    expect([refused.status, codeOf(refused.body)]).toEqual([429, 'rate_limited'])
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(refused.headers.get('ratelimit')).toBe('"client";r=0;t=3, "key";r=997;t=1')
    expect(refused.headers.get('ratelimit-policy')).toBe('"client";q=2;w=2, "key";q=1000;w=10')
    expect(refused.headers.get('access-control-expose-headers')).toContain('RateLimit-Policy')
  })

  test('a client cannot send by another way', async () => {
    const { track, get, client, store } = await testCollector({
      rates: one,
      address: '203.0.113.7',
      now: clock,
      plan: { name: 'pixels', entities: { page: {} }, events: { save: { pixel: true, dedupe: 'none', public: true } } },
    })
    await track(save)
    await track(save)
    const image = `/v1/pixel.gif?eventType=save&entityType=page&entityId=home&key=${testKeys.write}`
    expect((await get(image, null)).status).toBe(200)
    client.address = '2001:db8::1'
    await track(save)
    await track(save)
    client.address = '2001:db8::ffff:2'
    expect((await track(save)).status).toBe(429)
    const { answer } = await store.counts({ entityType: 'page', entityIds: ['home'], eventTypes: ['save'] })
    expect(answer.counts.home?.save?.count).toBe(4)
  })

  test('a server is not one of its clients, and its key has a rate as well', async () => {
    const { batch } = await testCollector({ rates: one, address: '203.0.113.7', now: clock })
    const events = Array.from({ length: 50 }, () => save)
    const statuses: number[] = []
    for (let n = 0; n < 21; n++) statuses.push((await batch({ events }, 'secret')).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(20)
    expect(statuses.at(-1)).toBe(429)
  })

  test('a key that is wrong is still wrong', async () => {
    const { track } = await testCollector({ rates: one, address: '203.0.113.7', now: clock })
    for (let n = 0; n < 3; n++) await track(save)
    expect((await track(save, null)).status).toBe(401)
  })
})

describe('who uses keys that nobody knows', () => {
  const wrong = { authorization: 'Bearer tm_sec_a-guess-at-the-secret-key' }
  const guessing = async () => {
    const clock = { now: 1_000_000 }
    const rates = { client: undefined, key: undefined, guesses: { perSecond: 1, burst: 3 } }
    const collector = await testCollector({ rates, address: '203.0.113.7', now: () => clock.now })
    for (let n = 0; n < 3; n++) expect((await collector.get('/v1/admin/stats', null, wrong)).status).toBe(401)
    return { ...collector, clock }
  }

  test('is told to wait before the next key is looked at, were it the right one', async () => {
    const { get, track } = await guessing()
    for (const refused of [
      await get('/v1/admin/stats', null, wrong),
      await get('/v1/admin/stats', 'admin'),
      await track(save),
    ]) {
      expect([refused.status, codeOf(refused.body)]).toEqual([429, 'rate_limited'])
      expect(refused.headers.get('retry-after')).toBe('1')
      expect(refused.headers.get('ratelimit')).toBe('"guesses";r=0;t=3')
    }
  })

  test('may go on after a while, and keeps nobody else away', async () => {
    const { get, track, client, clock } = await guessing()
    client.address = '203.0.113.8'
    expect((await track(save)).status).toBe(201)
    client.address = '203.0.113.7'
    clock.now += 1000
    expect((await track(save)).status).toBe(201)
    expect((await get('/v1/admin/stats', 'admin')).status).toBe(200)
    await get('/v1/admin/stats', null, wrong)
    expect((await track(save)).status).toBe(429)
  })

  test('is not who forgets the key, or may not do this with it', async () => {
    const { get, clock } = await guessing()
    clock.now += 1000
    for (let n = 0; n < 5; n++) expect((await get('/v1/admin/stats', null)).status).toBe(401)
    for (let n = 0; n < 5; n++) expect((await get('/v1/admin/stats', 'write')).status).toBe(403)
  })
})

test('what is stored says what is left', async () => {
  const { track, batch } = await testCollector({ address: '203.0.113.7', now: () => 1_000_000 })
  expect((await track(save)).headers.get('ratelimit')).toBe('"client";r=9999;t=1, "key";r=99999;t=1')
  const { headers } = await batch({ events: [save, save] })
  expect(headers.get('ratelimit')).toBe('"client";r=9997;t=1, "key";r=99997;t=1')
  expect(headers.get('ratelimit-policy')).toBe('"client";q=10000;w=200, "key";q=100000;w=20')
})
