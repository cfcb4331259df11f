import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { byHand, distinct, interactionsOf, play, sessionsOf, someHistory, spanOf } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

function sessionByHand(session: readonly NewEvent[]) {
  const { startedAt, endedAt } = spanOf(session)
  const { views, completions, saves, shares, clicks, watchTimeMs } = byHand(session)
  const interactions = interactionsOf(session)
  const minutes = (endedAt - startedAt) / 60_000
  const score =
    Math.min(50, 2 * interactions) + (minutes >= 5 ? 20 : 0) + (minutes >= 15 ? 20 : 0) + (minutes >= 30 ? 10 : 0)
  // The sort is stable: of two at the same instant the one that came later is the last.
  const last = session.toSorted((a, b) => a.occurredAt - b.occurredAt).findLast(({ actor }) => actor !== null)
  const viewed = session.filter(({ eventType, entityId }) => eventType === 'view' && entityId !== null)
  return {
    sessionId: session[0]?.sessionId,
    actorId: last?.actor?.id ?? null,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    durationMs: endedAt - startedAt,
    interactionCount: interactions,
    pageViews: session.filter(({ eventType }) => eventType === 'page_view').length,
    bounced: interactions <= 1,
    engagementScore: minutes < 1 ? score / 2 : score,
    entitiesViewed: distinct(viewed.map(({ entityType, entityId }) => `${entityType} ${entityId}`)),
    completions,
    saves,
    shares,
    clicks,
    averageWatchTimeMs: views && watchTimeMs / views,
    engagementRate: views && (100 * (saves + shares + clicks)) / views,
  }
}

test('a session is what its events come to by hand', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, async (history) => {
      const { collector, events } = await play(history)
      for (const session of sessionsOf(events)) {
        const { body } = await collector.get(`/v1/sessions/${session[0]?.sessionId}`, 'secret')
        expect(body).toEqual(sessionByHand(session))
      }
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

test('pages are views where the plan has no page views', async () => {
  const collector = await testCollector({
    plan: { name: 'plain', entities: { film: {} }, events: { watch: { on: ['film'], role: 'view' } } },
  })
  const sessionId = '00000000-0000-4000-8000-0000000000AA'
  await collector.track({ eventType: 'watch', entityType: 'film', entityId: '1', sessionId })
  const { body } = await collector.get(`/v1/sessions/${sessionId}`, 'secret')
  expect(body).toMatchObject({ sessionId: sessionId.toLowerCase(), pageViews: 1, entitiesViewed: 1 })
})

test('a session that nobody has seen is not found, and none is for a write key', async () => {
  const collector = await testCollector()
  const path = '/v1/sessions/00000000-0000-4000-8000-000000000001'
  const unknown = await collector.get(path, 'secret')
  expect([unknown.status, codeOf(unknown.body)]).toEqual([404, 'not_found'])
  expect((await collector.get(path, 'write')).status).toBe(403)
  expect((await collector.get('/v1/sessions/none', 'secret')).status).toBe(400)
})
