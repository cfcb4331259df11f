import { definePlan, type EntityListAck, type EntityListItem } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'entities',
  entities: {
    page: {},
    track: { registered: true, metadata: z.strictObject({ genre: z.string() }) },
  },
  events: { save: { on: ['page', 'track'], public: true }, hide: { on: ['page'] } },
})

interface Listed {
  items: EntityListItem[]
  nextCursor: string | null
}

async function openCollector() {
  const collector = await testCollector({ plan })
  const putAll = async (entities: unknown) => {
    const answer = await collector.send('POST', '/v1/entities', { entities }, 'secret')
    return { ...answer, body: answer.body as EntityListAck }
  }
  const list = async (query = '') => (await collector.get(`/v1/entities${query}`, 'secret')).body as Listed
  const remove = (path: string) => collector.send('DELETE', `/v1/entities/${path}`, undefined, 'secret')
  return { ...collector, putAll, list, remove }
}

const pages = (count: number) => Array.from({ length: count }, (_, n) => ({ entityType: 'page', entityId: `p${n}` }))

describe('POST /v1/entities', () => {
  test('puts each entity as a PUT of its own would, and a bad one never sinks the others', async () => {
    const { putAll, get } = await openCollector()
    const { status, body } = await putAll([
      { entityType: 'page', entityId: 7, title: 'Home', ownerId: 'ann', publishedAt: 0, metadata: { a: 1 } },
      { entityType: 'page' },
      { entityType: 'trakc', entityId: '1' },
      { entityType: 'track', entityId: '1', metadata: { genre: 7 } },
      { entityType: 'page', entityId: '8', titel: 'x' },
      'page',
      { entityType: 'track', entityId: '1', visibility: 'private', metadata: { genre: 'jazz' } },
    ])
    expect(status).toBe(200)
    expect(body).toMatchObject({ total: 7, successful: 2, failed: 5 })
    expect(body.results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6])
    const failures = body.results.map(({ error }) => error && [error.code, error.errors?.[0]?.pointer])
    expect(failures).toEqual([
      null,
      ['invalid_request', '/entities/1/entityId'],
      ['unknown_entity_type', '/entities/2/entityType'],
      ['invalid_event', '/entities/3/metadata/genre'],
      ['unrecognized_keys', '/entities/4/titel'],
      ['invalid_request', '/entities/5'],
      null,
    ])
    for (const [index, path] of [
      [0, 'page/7'],
      [6, 'track/1'],
    ] as const) {
      expect(body.results[index]?.data).toEqual((await get(`/v1/entities/${path}`, 'secret')).body)
    }
  })

  test('lets the last hold of one that comes twice', async () => {
    const { putAll, list } = await openCollector()
    const twice = ['first', 'last'].map((title) => ({ entityType: 'page', entityId: 'p', title }))
    await putAll(twice)
    expect((await list()).items.map(({ title }) => title)).toEqual(['last'])
  })

  test('takes 500 at once, and neither none nor more', async () => {
    const { putAll, list, send } = await openCollector()
    expect((await putAll(pages(501))).body).toMatchObject({ code: 'batch_too_large' })
    expect((await putAll([])).body).toMatchObject({ code: 'invalid_request' })
    expect((await putAll('page')).body).toMatchObject({ code: 'invalid_request' })
    expect((await list()).items).toEqual([])
    expect((await putAll(pages(500))).body).toMatchObject({ successful: 500 })
    expect((await send('POST', '/v1/entities', { entities: pages(1) }, 'write')).status).toBe(403)
  })
})

describe('GET /v1/entities', () => {
  test('lists what was put, with its public counts unless they are not wanted', async () => {
    const { putAll, list, track, put } = await openCollector()
    await track({ eventType: 'save', entityType: 'page', entityId: 'never-put' })
    await putAll([...pages(2), { entityType: 'track', entityId: 'p1', ownerId: 'ann' }])
    await track({
      eventType: 'save',
      entityType: 'page',
      entityId: 'p1',
      sessionId: 'a0000000-0000-4000-8000-000000000001',
    })
    await track({ eventType: 'hide', entityType: 'page', entityId: 'p1' })
    const { items, nextCursor } = await list()
    expect(nextCursor).toBeNull()
    expect(items.map(({ entityType, entityId, counts }) => [entityType, entityId, counts])).toEqual([
      ['page', 'p0', { save: { count: 0, unique: 0 } }],
      ['page', 'p1', { save: { count: 1, unique: 1 } }],
      ['track', 'p1', { save: { count: 0, unique: 0 } }],
    ])
    const raw = await list('?counts=false')
    expect(raw.items).toEqual(items.map(({ counts: _, ...entity }) => entity))

    await put('/v1/entities/page/p1', { visibility: 'private' })
    const listed = (await list()).items.find(({ entityId, entityType }) => entityId === 'p1' && entityType === 'page')
    expect(listed).toMatchObject({ visibility: 'private', counts: { save: { count: 0, unique: 0 } } })
  })

  test('takes those of one type and of one owner alone', async () => {
    const { putAll, list } = await openCollector()
    await putAll([
      { entityType: 'page', entityId: '1', ownerId: 'ann' },
      { entityType: 'track', entityId: '2', ownerId: 'ann' },
      { entityType: 'page', entityId: '3', ownerId: 'ben' },
      { entityType: 'page', entityId: '4' },
    ])
    const ids = async (query: string) => (await list(query)).items.map(({ entityId }) => entityId)
    expect(await ids('?type=page')).toEqual(['1', '3', '4'])
    expect(await ids('?ownerId=ann')).toEqual(['1', '2'])
    expect(await ids('?ownerId=ann&type=page')).toEqual(['1'])
    expect(await ids('?ownerId=nobody')).toEqual([])
    expect(await ids('?type=nothing')).toEqual([])
  })

  test('goes on where it ended, and meets each entity once, whatever is put meanwhile', async () => {
    const { putAll, list } = await openCollector()
    await putAll(pages(250))
    const seen: string[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null; page++) {
      const answer: Listed = await list(`?limit=100&counts=false${cursor && `&cursor=${cursor}`}`)
      seen.push(...answer.items.map(({ entityId }) => entityId))
      cursor = answer.nextCursor
      if (page === 0) await putAll([{ entityType: 'page', entityId: 'p0', title: 'renamed' }])
    }
    expect(seen).toEqual(pages(250).map(({ entityId }) => entityId))
    expect((await list('?limit=250')) as unknown).toMatchObject({ code: 'invalid_request' })
  })

  test.each(['?owner=ann', '?limit=0', '?limit=x', '?cursor=x', '?type=Page', '?counts=no', '?ownerId='])(
    'refuses %s, naming the parameter',
    async (query) => {
      const { get } = await openCollector()
      const { status, body } = await get(`/v1/entities${query}`, 'secret')
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
      expect((body as { detail: string }).detail).toContain(/\w+/.exec(query)?.[0])
    },
  )

  test('is not for write keys', async () => {
    const { get } = await openCollector()
    expect((await get('/v1/entities')).status).toBe(403)
  })
})

describe('DELETE /v1/entities/{type}/{id}', () => {
  const save = (entityType: string) => ({ eventType: 'save', entityType, entityId: '7' })

  test.each(['page', 'track'])('makes a %s unknown: it is in no list and no public read', async (type) => {
    const { put, get, track, remove, list, store } = await openCollector()
    await put(`/v1/entities/${type}/7`, { title: 'x', ownerId: 'ann' })
    await track(save(type))
    const counts = `/v1/counts?entityType=${type}&entityId=7`
    expect((await get(counts)).body).toMatchObject({ counts: { 7: { save: { count: 1 } } } })

    const deleted = { entityType: type, entityId: '7', deleted: true }
    expect(await remove(`${type}/7`)).toMatchObject({ status: 200, body: deleted })
    expect((await get(`/v1/entities/${type}/7`, 'secret')).body).toMatchObject({ code: 'entity_not_found' })
    expect((await list()).items).toEqual([])
    expect((await list('?ownerId=ann')).items).toEqual([])
    expect((await get(counts)).body).toMatchObject({ counts: { 7: { save: { count: 0 } } } })
    expect(await store.verify()).toEqual([])
    expect(await remove(`${type}/7`)).toMatchObject({ status: 404, body: { code: 'entity_not_found' } })
  })

  test('tracks nothing more on it: not found where it must be registered, elsewhere as on a private one', async () => {
    const { put, track, remove } = await openCollector()
    await put('/v1/entities/page/7', { ownerId: 'ann' })
    await put('/v1/entities/track/7', { ownerId: 'ann' })
    await remove('page/7')
    await remove('track/7')
    expect(await track(save('track'))).toMatchObject({ status: 404, body: { code: 'entity_not_found' } })
    const byOwner = { ...save('page'), actorId: 'ann' }
    expect(await track(byOwner, 'secret')).toMatchObject({ status: 200, body: { reason: 'private_entity' } })
  })

  test('keeps its events: put again, it has its counts back, and nothing else of before', async () => {
    const { put, get, track, remove } = await openCollector()
    await put('/v1/entities/page/7', { title: 'x', ownerId: 'ann', publishedAt: 0, metadata: { a: 1 } })
    await track(save('page'))
    await remove('page/7')
    await put('/v1/entities/page/7', {})
    const bare = { title: null, ownerId: null, publishedAt: null, visibility: 'public', metadata: null }
    expect((await get('/v1/entities/page/7', 'secret')).body).toEqual({ entityType: 'page', entityId: '7', ...bare })
    expect((await track(save('page'))).status).toBe(201)
    expect((await get('/v1/counts?entityType=page&entityId=7')).body).toMatchObject({
      counts: { 7: { save: { count: 2 } } },
    })
  })

  test('of what nobody put is a 404, and takes a secret key', async () => {
    const { send, remove, track } = await openCollector()
    await track(save('page'))
    expect((await remove('page/7')).status).toBe(404)
    expect((await remove('trakc/7')).status).toBe(400)
    expect((await send('DELETE', '/v1/entities/page/7', undefined, 'write')).status).toBe(403)
  })
})
