import { compilePlan, definePlan } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { checkReferencesJob } from '../check-references.ts'
import { Meter } from '../metrics/meter.ts'
import { testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'checked',
  entities: { project: { registered: 'checked' }, note: {}, asset: { registered: true } },
  events: { view: { on: 'any', role: 'view', public: true } },
})
const noon = Date.UTC(2026, 5, 15, 12)
const dayMs = 86_400_000
const path = '/v1/admin/unregistered'

const view = (entityId: string, entityType = 'project', occurredAt = noon) => ({
  eventType: 'view',
  entityType,
  entityId,
  occurredAt,
})

const start = () => testCollector({ plan, now: () => noon })

describe('entities of a checked type', () => {
  test('are taken whether or not somebody has put them, and listed where nobody has', async () => {
    const { send, track, get } = await start()
    await send('PUT', '/v1/entities/project/known', { title: 'Known' }, 'secret')
    for (const event of [
      view('known'),
      view('lost'),
      view('lost', 'project', noon - 3 * dayMs),
      view('free', 'note'),
    ]) {
      expect((await track(event)).status).toBe(201)
    }
    expect((await track(view('none', 'asset'))).status).toBe(404)
    expect((await get(path, 'admin')).body).toEqual({
      items: [{ entityType: 'project', entityId: 'lost', events: 2, firstDay: '2026-06-12', lastDay: '2026-06-15' }],
      nextCursor: null,
    })
  })

  test('leave the list once they are put, with their counts, and do not come back when they are deleted', async () => {
    const { send, track, get } = await start()
    await track(view('late'))
    await send('PUT', '/v1/entities/project/late', {}, 'secret')
    expect((await get(path, 'admin')).body).toMatchObject({ items: [] })
    const counts = await get('/v1/counts?entityType=project&entityId=late&eventType=view')
    expect(counts.body).toMatchObject({ counts: { late: { view: { count: 1 } } } })
    await send('DELETE', '/v1/entities/project/late', undefined, 'secret')
    expect((await get(path, 'admin')).body).toMatchObject({ items: [] })
  })

  test('are not those that only bots have seen', async () => {
    const { track, get } = await start()
    await track(view('crawled'), 'write', { 'user-agent': 'Googlebot/2.1' })
    expect((await get(path, 'admin')).body).toMatchObject({ items: [] })
  })

  test('are listed page by page, each once', async () => {
    const { batch, get } = await start()
    for (let n = 0; n < 5; n++) await batch({ events: Array.from({ length: 50 }, (_, k) => view(`p${n * 50 + k}`)) })
    const seen: string[] = []
    let query = ''
    for (let pages = 1; ; pages++) {
      const { items, nextCursor } = (await get(path + query, 'admin')).body as {
        items: { entityId: string }[]
        nextCursor: string | null
      }
      seen.push(...items.map(({ entityId }) => entityId))
      if (nextCursor === null) {
        expect(pages).toBe(3)
        break
      }
      query = `?cursor=${nextCursor}`
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, n) => `p${n}`))
  })

  test('are counted for whoever watches', async () => {
    const { batch, store } = await start()
    await batch({ events: [view('a'), view('b'), view('c', 'note')] })
    const meter = new Meter(store, () => noon)
    await checkReferencesJob(compilePlan(plan), store, meter).run()
    expect(await meter.exposition()).toContain('tallymark_unregistered_entities{entity_type="project"} 2')
  })

  test('are the business of the admin alone', async () => {
    const { get } = await start()
    expect((await get(path)).status).toBe(403)
    expect((await get(path, 'secret')).status).toBe(403)
    expect((await get(`${path}?cursor=first`, 'admin')).status).toBe(400)
  })
})
