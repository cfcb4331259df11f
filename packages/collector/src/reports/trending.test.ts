import { generalPlan } from '@tallymark/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { byEntity, byHand, historyNow, isBetween, play, ranked, someHistory } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const usual = { windowMs: dayMs, weights: { likes: 0.7, views: 0.3, decay: 0.1 } }

function trendingByHand(events: readonly NewEvent[], { windowMs, weights }: typeof usual, isPublic: boolean) {
  const velocity = (recent: number, previous: number) => (recent - previous) / Math.max(previous, 1)
  const cards = byEntity(events).flatMap(({ entityType, entityId, title, entity, events: theirs }) => {
    const liked = theirs.filter(({ eventType }) => ['view', 'like', 'unlike'].includes(eventType))
    const between = (from: number, to: number) => liked.filter((event) => isBetween(event, from, to))
    const recently = between(historyNow - windowMs, Infinity)
    const before = between(historyNow - 2 * windowMs, historyNow - windowMs)
    if (recently.length + before.length === 0 || (isPublic && entity?.visibility === 'private')) return []
    const [recent, previous] = [byHand(recently), byHand(before)]
    const likes = (of: typeof recent) => Math.max(0, of.likes - of.unlikes)
    const bornAt = entity?.publishedAt ?? Math.min(...theirs.map(({ occurredAt }) => occurredAt))
    const likeVelocity = velocity(likes(recent), likes(previous))
    const viewVelocity = velocity(recent.views, previous.views)
    const daysOld = (historyNow - bornAt) / dayMs
    const sum = weights.likes * likeVelocity + weights.views * viewVelocity
    return {
      entityType,
      entityId,
      title,
      score: sum / (1 + weights.decay * daysOld),
      velocity: sum,
      likeVelocity,
      viewVelocity,
      recentViews: recent.views,
      previousViews: previous.views,
      recentLikes: likes(recent),
      previousLikes: likes(previous),
      daysOld,
    }
  })
  return ranked(cards.map((card) => ({ ...card, value: card.score, views: card.recentViews }))).map(
    ({ value: _value, views: _views, ...card }) => card,
  )
}

test('trending is what its formula says by hand, for servers and for everybody, by any rule', async () => {
  const question = fc.record({
    rule: fc.constantFrom(
      usual,
      { windowMs: 7 * dayMs, weights: { likes: 0.5, views: 2, decay: 1 } },
      { windowMs: 20 * dayMs, weights: { likes: 0, views: 1, decay: 0.5 } },
    ),
    limit: fc.constantFrom(1, 2, 10),
    entityType: fc.constantFrom('project', undefined),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { rule, limit, entityType }) => {
      const { collector, events } = await play(history, { trending: rule })
      const meant = events.filter((event) => entityType === undefined || event.entityType === entityType)
      const path = `/v1/trending?limit=${limit}${entityType ? `&entityType=${entityType}` : ''}`
      for (const key of ['secret', 'write'] as const) {
        const { body } = await collector.get(path, key)
        expect(body).toEqual({ items: trendingByHand(meant, rule, key === 'write').slice(0, limit) })
      }
      await collector.close()
    }),
    { numRuns: 12 },
  )
})

test('everybody sees no more than a client’s cap lets count, and a server sees all', async () => {
  const collector = await testCollector({ now: () => historyNow, publicCap: 2 })
  const views = Array.from({ length: 5 }, (_, n) =>
    newEvent({ clientKey: 'c', receivedAt: historyNow, occurredAt: historyNow - n * hourMs }),
  )
  await collector.store.append(views)
  const viewsFor = async (key: 'write' | 'secret') =>
    ((await collector.get('/v1/trending', key)).body as { items: { recentViews: number }[] }).items[0]?.recentViews
  expect(await viewsFor('write')).toBe(2)
  expect(await viewsFor('secret')).toBe(5)
})

test('everybody reads it only where views and likes are public', async () => {
  const { like: _like, ...events } = generalPlan.events
  const plan = { ...generalPlan, events: { ...events, like: { on: 'any', role: 'like' } } } as const
  const collector = await testCollector({ plan })
  const refused = await collector.get('/v1/trending', 'write')
  expect([refused.status, codeOf(refused.body)]).toEqual([403, 'forbidden'])
  expect((await collector.get('/v1/trending', 'secret')).status).toBe(200)
})

test('shared caches may keep it for a moment, and a browser asks whether it has changed', async () => {
  const collector = await testCollector()
  const first = await collector.get('/v1/trending')
  expect(first.headers.get('cache-control')).toBe('no-cache, s-maxage=5')
  const again = await collector.get('/v1/trending', 'write', { 'if-none-match': first.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
})
