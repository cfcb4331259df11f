import { join } from 'node:path'
import { definePlan } from '@tallymark/schemas'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { StoreError } from '../store/store.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { testCollector, userToken } from '../testing/test-collector.ts'

const strict = definePlan({ name: 'strict', entities: { page: {} }, events: { save: { on: ['page'] } } })
const corrected = definePlan({
  name: 'corrected',
  entities: { page: {} },
  events: { save: { on: ['page'] }, rate: { on: ['page'], public: true, props: z.looseObject({ stars: z.int() }) } },
})
const rate = { eventType: 'rate', entityType: 'page', entityId: 'home', props: { stars: 5 } }
const noon = Date.UTC(2026, 5, 15, 12)

type Collector = Awaited<ReturnType<typeof testCollector>>
interface Group {
  code: string
  pointer: string
  count: number
  sample: unknown
}

/** What is kept, once so many are. They are kept a moment after their answer. */
async function groupsOf({ get }: Collector, total: number): Promise<Group[]> {
  return vi.waitFor(
    async () => {
      const { items } = (await get('/v1/admin/rejected', 'admin')).body as { items: Group[] }
      expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(total)
      return items
    },
    { timeout: 10_000 },
  )
}

describe('rejected events', () => {
  test('are kept by what is wrong and where, with a sample', async () => {
    const collector = await testCollector({ plan: strict, now: () => noon })
    await collector.batch({
      events: [rate, { ...rate, props: { stars: 4 } }, { ...rate, eventType: 'save', surprise: 1 }],
    })
    await collector.track({ ...rate, props: { stars: 3 } })
    expect(await groupsOf(collector, 4)).toEqual([
      {
        code: 'unknown_event_type',
        pointer: '/eventType',
        count: 3,
        detail: expect.stringContaining('rate'),
        firstAt: new Date(noon).toISOString(),
        lastAt: new Date(noon).toISOString(),
        sample: { ...rate, props: { stars: 3 } },
      },
      expect.objectContaining({ code: 'unrecognized_keys', pointer: '/surprise', count: 1 }),
    ])
  })

  test('are replayed after the plan was corrected, with the time and the user of then', async () => {
    const file = join(tempFolder(), 'events.db')
    const before = await testCollector({ file, plan: strict, now: () => noon })
    await before.track(rate, 'write', { 'x-user-token': await userToken({ sub: 'ann', exp: noon / 1000 + 3600 }) })
    await before.track({ ...rate, eventType: 'hate' })
    await groupsOf(before, 2)
    await before.close()

    const after = await testCollector({ file, plan: corrected, now: () => noon + 20 * 86_400_000 })
    const replayed = await after.send('POST', '/v1/admin/rejected/replay', undefined, 'admin')
    expect(replayed.body).toEqual({ replayed: 2, stored: 1, ignored: 0, rejected: 1 })
    expect((await groupsOf(after, 1))[0]).toMatchObject({ sample: { eventType: 'hate' } })
    let lines = ''
    for await (const chunk of after.store.export()) lines += chunk
    const event = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ kind }) => kind === 'event')
    expect(event).toMatchObject({ eventType: 'rate', actorId: 'ann', receivedAt: noon, occurredAt: noon })
    const counts = await after.get('/v1/counts?entityType=page&entityId=home&eventType=rate')
    expect(counts.body).toEqual({ counts: { home: { rate: { count: 1, unique: 1 } } } })
    const again = await after.send('POST', '/v1/admin/rejected/replay?code=nothing', undefined, 'admin')
    expect(again.body).toMatchObject({ replayed: 0 })
  })

  test('are stored once, also when a replay fails half-way and is asked for again', async () => {
    const file = join(tempFolder(), 'events.db')
    const before = await testCollector({ file, plan: strict, now: () => noon })
    await before.batch({ events: [rate, rate] })
    await groupsOf(before, 2)
    await before.close()

    const after = await testCollector({ file, plan: corrected, now: () => noon })
    const append = after.store.append.bind(after.store)
    const isFull = new StoreError('unavailable', 'the disk is full')
    vi.spyOn(after.store, 'append').mockImplementationOnce(append).mockRejectedValueOnce(isFull)
    const replay = () => after.send('POST', '/v1/admin/rejected/replay', undefined, 'admin')
    expect((await replay()).status).toBe(503)
    expect((await replay()).body).toMatchObject({ replayed: 1, stored: 1 })
  })

  test('are replayed as the client that sent them, which is told apart for that day', async () => {
    const file = join(tempFolder(), 'events.db')
    const before = await testCollector({ file, plan: strict, address: '203.0.113.7' })
    await before.track({ ...rate, context: { consent: 'cookieless' } })
    await groupsOf(before, 1)
    await before.close()

    const after = await testCollector({ file, plan: corrected })
    const replayed = await after.send('POST', '/v1/admin/rejected/replay', undefined, 'admin')
    expect(replayed.body).toMatchObject({ stored: 1, rejected: 0 })
    let lines = ''
    for await (const chunk of after.store.export()) lines += chunk
    expect(lines).toMatch(/"dayViewer":"[0-9a-f]{16}"/)
  })

  test('are stored once, however many replay them at the same time', async () => {
    const file = join(tempFolder(), 'events.db')
    const before = await testCollector({ file, plan: strict })
    await before.batch({ events: Array.from({ length: 5 }, (_, stars) => ({ ...rate, props: { stars } })) })
    await groupsOf(before, 5)
    await before.close()

    const { send, get } = await testCollector({ file, plan: corrected })
    const replay = () => send('POST', '/v1/admin/rejected/replay', undefined, 'admin')
    const answers = await Promise.all([replay(), replay(), replay()])
    expect(answers.map(({ body }) => (body as { stored: number }).stored)).toEqual([5, 0, 0])
    expect((await get('/v1/counts?entityType=page&entityId=home')).body).toMatchObject({
      counts: { home: { rate: { count: 5 } } },
    })
  })

  test('are listed page by page, exported as lines, and purged', async () => {
    const collector = await testCollector({ plan: strict })
    for (let n = 0; n < 3; n++) await collector.batch({ events: Array(50).fill(rate) })
    await collector.track({ ...rate, surprise: 1 })
    await groupsOf(collector, 151)
    const path = '/v1/admin/rejected/events?code=unknown_event_type'
    const first = (await collector.get(path, 'admin')).body as { items: { event: unknown }[]; nextCursor: string }
    expect(first.items).toHaveLength(100)
    expect(first.items[0]).toMatchObject({ code: 'unknown_event_type', event: rate })
    const second = (await collector.get(`${path}&cursor=${first.nextCursor}`, 'admin')).body as typeof first
    expect(second).toMatchObject({ nextCursor: null })
    expect(second.items).toHaveLength(50)
    const lines = String((await collector.get(`${path}&format=ndjson`, 'admin')).body)
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([...first.items, ...second.items])
    expect((await collector.get(`${path}&cursor=x`, 'admin')).status).toBe(400)

    const purge = (query: string) => collector.send('DELETE', `/v1/admin/rejected${query}`, undefined, 'admin')
    expect(await purge('?cod=unknown_event_type')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect((await purge('?code=unknown_event_type')).body).toEqual({ purged: 150 })
    expect((await purge('')).body).toEqual({ purged: 1 })
  })

  test('hold no token and no key, wherever one was put', async () => {
    const collector = await testCollector({ plan: strict })
    const token = await userToken()
    const note = `my key is tm_sec_abc, ${token}, tm_act_abc`
    await collector.track({ ...rate, userToken: token, props: { stars: 1, note } })
    const [group] = await groupsOf(collector, 1)
    expect(JSON.stringify(group)).not.toMatch(/eyJ|tm_sec_abc|tm_act_abc/)
    expect(group?.sample).toEqual({ ...rate, props: { stars: 1, note: 'my key is [token], [token], [token]' } })
    expect((await collector.get('/v1/admin/rejected/events?format=ndjson', 'admin')).body).not.toMatch(/eyJ/)
  })

  test('hold no query and no fragment of a URL, as events do not', async () => {
    const collector = await testCollector({ plan: strict })
    const landingPage = 'https://shop.example/reset?token=hidden&utm_source=mail#hidden'
    const referrer = 'https://ann:hidden@no host/?q=hidden'
    const sent = { attribution: { landingPage, referrer }, context: { path: '/find?q=hidden', locale: 'de' } }
    await collector.batch({ events: [{ ...rate, ...sent }], attribution: { landingPage } })
    const [group] = await groupsOf(collector, 1)
    expect(group?.sample).toEqual({
      ...rate,
      attribution: { landingPage: 'https://shop.example/reset?utm_source=mail', referrer: 'https://no host/' },
      context: { path: '/find', locale: 'de' },
    })
    expect(JSON.stringify(await collector.store.rejectedEvents({ limit: 9 }))).not.toContain('hidden')
    for (const odd of [{ attribution: null }, { attribution: [landingPage] }, { context: { path: 5 } }]) {
      await collector.track({ ...rate, ...odd })
    }
    const pointers = (await groupsOf(collector, 4)).map(({ pointer }) => pointer)
    expect(pointers.toSorted()).toEqual(['/attribution', '/attribution/referrer', '/context/path'])
  })

  test('have a client of a browser for a sender, and a key where it is a server', async () => {
    const collector = await testCollector({ plan: strict, address: '203.0.113.7' })
    await collector.track(rate)
    await collector.track(rate, 'write', { 'user-agent': 'another browser there' })
    collector.client.address = '203.0.113.8'
    await collector.track(rate)
    for (let n = 0; n < 2; n++) await collector.track(rate, 'secret')
    await vi.waitFor(async () => expect(await collector.store.rejectedEvents({ limit: 9 })).toHaveLength(5))
    const [first, ...others] = (await collector.store.rejectedEvents({ limit: 9 })).map(({ sender }) => sender)
    expect(others[0]).toBe(first)
    expect(others[2]).toBe(others[3])
    expect(new Set([first, ...others]).size).toBe(3)
  })

  test('are bounded for each sender, and those that are too many are counted', async () => {
    const collector = await testCollector({ plan: strict })
    for (let n = 0; n < 30; n++) await collector.batch({ events: Array(50).fill(rate) })
    await vi.waitFor(
      async () => {
        const { items, notKept } = (await collector.get('/v1/admin/rejected', 'admin')).body as {
          items: Group[]
          notKept: number
        }
        expect((items[0]?.count ?? 0) + notKept).toBe(1500)
        expect(items[0]?.count).toBeLessThanOrEqual(1000)
        expect(notKept).toBeGreaterThan(0)
      },
      { timeout: 10_000 },
    )
  })

  test('of a person who is erased go with the person', async () => {
    const collector = await testCollector({ plan: strict })
    const anonymousId = 'a0000000-0000-4000-8000-000000000001'
    await collector.track({ ...rate, anonymousId })
    await collector.track(rate, 'write', { 'x-user-token': await userToken({ sub: 'ann' }) })
    await collector.track({ ...rate, actorId: 'ann' }, 'secret')
    await collector.track(rate)
    await groupsOf(collector, 4)
    expect(await collector.store.erase({ anonymousId: anonymousId.toUpperCase() })).toMatchObject({ rejected: 1 })
    expect(await collector.store.erase({ userId: 'ann' })).toMatchObject({ rejected: 2 })
    await groupsOf(collector, 1)
  })

  test('that are no objects, too deep or too large are named, and not replayed', async () => {
    const collector = await testCollector({ plan: strict })
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    const props = JSON.stringify({ text: 'x'.repeat(9000) })
    await collector.batch(`{"events":[7,null,"text",${deep},{"eventType":"rate","props":${props}}]}`)
    await groupsOf(collector, 5)
    const { body } = await collector.send('POST', '/v1/admin/rejected/replay', undefined, 'admin')
    expect(body).toMatchObject({ stored: 0 })
    expect(await collector.store.erase({ userId: 'ann' })).toMatchObject({ rejected: 0 })
    expect(collector.errors).toEqual([])
  })
})

test.each([
  ['GET', '/v1/admin/rejected'],
  ['DELETE', '/v1/admin/rejected'],
  ['GET', '/v1/admin/rejected/events'],
  ['POST', '/v1/admin/rejected/replay'],
])('%s %s takes the admin key alone', async (method, path) => {
  const { send } = await testCollector()
  expect((await send(method, path, undefined, null)).status).toBe(401)
  for (const key of ['write', 'secret'] as const) expect((await send(method, path, undefined, key)).status).toBe(403)
})
