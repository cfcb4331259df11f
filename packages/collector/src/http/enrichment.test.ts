import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { AddressRanges } from '../ingest/address-ranges.ts'
import { Places } from '../ingest/places.ts'
import { geoDatabase } from '../testing/geo-database.ts'
import { testCollector, userToken } from '../testing/test-collector.ts'

const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const crawler = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }
const save = { eventType: 'save', entityType: 'page', entityId: '7' }
const cookieless = { ...save, context: { consent: 'cookieless' } }
const sessionId = '00000000-0000-4000-8000-000000000001'
const noon = Date.UTC(2026, 0, 15, 12)
const day = 86_400_000

const places = new Places(
  geoDatabase([{ range: '203.0.113.0/24', data: { country: { iso_code: 'US' }, subdivisions: [{ iso_code: 'CA' }] } }]),
)
const datacenters = new AddressRanges('198.51.100.0/24')

interface Row {
  channel: string | null
  agent: string | null
  country: string | null
  region: string | null
  bot: string | null
}

/** What was added to each event, as it stands in the file. */
function rowsOf(file: string): Row[] {
  const db = new Database(file, { readonly: true })
  const text = (column: string) => `(SELECT value FROM dictionary WHERE id = event.${column}) AS ${column}`
  const columns = [text('channel'), text('agent'), 'country', 'region', text('bot')].join(', ')
  const rows = db.prepare<[], Row>(`SELECT ${columns} FROM event ORDER BY seq`).all()
  db.close()
  return rows
}

type TestCollector = Awaited<ReturnType<typeof testCollector>>

async function countOf({ get }: TestCollector) {
  const { body } = await get('/v1/counts?entityType=page&entityId=7&eventType=save', 'secret')
  return (body as { counts: Record<string, Record<string, unknown>> }).counts['7']?.save
}

describe('to an event are added', () => {
  test('browser, system, device, place and channel', async () => {
    const { track, file } = await testCollector({ places, address: '203.0.113.7' })
    await track({ ...save, attribution: { referrer: 'https://chatgpt.com/' } }, 'write', firefox)
    expect(rowsOf(file)).toEqual([
      {
        channel: 'ai_assistant',
        agent: '{"browser":"Firefox","os":"Linux","device":"desktop"}',
        country: 'US',
        region: 'CA',
        bot: null,
      },
    ])
  })

  test('the same to all events of a batch, with the batch’s attribution', async () => {
    const { batch, file } = await testCollector({ places, address: '203.0.113.7' })
    await batch({ events: [save, save], attribution: { utmMedium: 'email' } }, 'write', firefox)
    const [first, second] = rowsOf(file)
    expect(first).toMatchObject({ channel: 'email', country: 'US' })
    expect(second).toEqual(first)
  })

  test('the same to a pixel’s', async () => {
    const plan = { name: 'mails', entities: {}, events: { email_opened: { pixel: true } } }
    const { send, file } = await testCollector({ plan, places, address: '203.0.113.7' })
    await send('GET', '/v1/pixel.gif?eventType=email_opened&key=tm_pub_test-write-key-0001', undefined, null, firefox)
    expect(rowsOf(file)).toMatchObject([{ agent: expect.stringContaining('Firefox'), country: 'US' }])
  })

  test('nothing, where a server sends it: its address and program are not the visitor’s', async () => {
    const { track, file } = await testCollector({ places, address: '203.0.113.7' })
    await track(save, 'secret', firefox)
    expect(rowsOf(file)).toEqual([{ channel: null, agent: null, country: null, region: null, bot: null }])
  })
})

describe('bots', () => {
  test('are stored, with the signs that gave them away, and left out of counts', async () => {
    const collector = await testCollector({ datacenters })
    const { track, file, client, store } = collector
    expect((await track(save, 'write', crawler)).status).toBe(201)
    client.address = '198.51.100.9'
    await track(save, 'write', firefox)
    await track({ ...save, context: { webdriver: true } }, 'write', crawler)
    expect(rowsOf(file).map(({ bot }) => bot)).toEqual(['user_agent', 'datacenter', 'user_agent webdriver datacenter'])
    expect(await countOf(collector)).toEqual({ count: 0, unique: 0 })
    expect(await store.verify()).toEqual([])
  })

  test('are given up, and told so, where the operator wants it', async () => {
    const collector = await testCollector({ bots: 'drop' })
    const { track, batch, file } = collector
    const idempotencyKey = sessionId
    expect(await track({ ...save, idempotencyKey }, 'write', crawler)).toMatchObject({
      status: 200,
      body: { eventId: idempotencyKey, tracked: false, reason: 'bot' },
    })
    const driven = { ...save, context: { webdriver: true } }
    const { body } = await batch({ events: [save, {}, driven] }, 'write', firefox)
    expect(body).toMatchObject({
      successful: 2,
      failed: 1,
      results: [{ data: { tracked: true } }, { error: { code: 'invalid_event' } }, { data: { reason: 'bot' } }],
    })
    expect(rowsOf(file)).toHaveLength(1)
    expect(await countOf(collector)).toEqual({ count: 1, unique: 0 })
  })

  test('count like everybody where the operator wants it', async () => {
    const collector = await testCollector({ bots: 'keep' })
    await collector.track({ ...save, context: { webdriver: true } }, 'write', crawler)
    expect(rowsOf(collector.file)).toMatchObject([{ bot: null }])
    expect(await countOf(collector)).toEqual({ count: 1, unique: 0 })
  })

  test('are not those who ask for privacy, and not a server with its key', async () => {
    const collector = await testCollector({ datacenters, address: '198.51.100.9' })
    await collector.track(save, 'secret', crawler)
    collector.client.address = '203.0.113.7'
    await collector.track(save, 'write', { ...firefox, 'sec-gpc': '1', dnt: '1' })
    expect(rowsOf(collector.file).map(({ bot }) => bot)).toEqual([null, null])
    expect(await countOf(collector)).toEqual({ count: 2, unique: 0 })
  })
})

describe('without cookies', () => {
  test('a visitor is one viewer for the day, whatever sessions there were, and the next day another', async () => {
    const clock = { now: noon }
    const collector = await testCollector({ address: '203.0.113.7', now: () => clock.now })
    const { track, client } = collector
    await track({ ...cookieless, sessionId }, 'write', firefox)
    await track(cookieless, 'write', firefox)
    expect(await countOf(collector)).toEqual({ count: 2, unique: 1 })
    client.address = '203.0.113.8'
    await track(cookieless, 'write', firefox)
    expect(await countOf(collector)).toEqual({ count: 3, unique: 2 })
    clock.now += day
    await track(cookieless, 'write', firefox)
    expect(await countOf(collector)).toEqual({ count: 4, unique: 3 })
    expect(await collector.store.verify()).toEqual([])
  })

  test('a restart within the day makes nobody new', async () => {
    const options = { address: '203.0.113.7', now: () => noon }
    const before = await testCollector(options)
    await before.track(cookieless, 'write', firefox)
    await before.close()
    const after = await testCollector({ ...options, file: before.file })
    await after.track({ ...cookieless, props: { again: true } }, 'write', firefox)
    expect(await countOf(after)).toEqual({ count: 2, unique: 1 })
  })

  test('another site, another device or a user who is known is another viewer', async () => {
    const collector = await testCollector({ address: '203.0.113.7' })
    const { track } = collector
    await track(cookieless, 'write', firefox)
    await track(cookieless, 'write', { ...firefox, origin: 'https://blog.example' })
    await track({ ...cookieless, anonymousId: sessionId }, 'write', firefox)
    await track(cookieless, 'write', { ...firefox, 'x-user-token': await userToken() })
    expect(await countOf(collector)).toEqual({ count: 4, unique: 4 })
  })

  test('a repeated view is one within its window', async () => {
    const view = { ...cookieless, eventType: 'view' }
    const { track, client } = await testCollector({ address: '203.0.113.7' })
    const reasonOf = async () => ((await track(view, 'write', firefox)).body as { reason?: string }).reason
    expect([await reasonOf(), await reasonOf()]).toEqual([undefined, 'duplicate'])
    client.address = '203.0.113.8'
    expect(await reasonOf()).toBeUndefined()
  })
})
