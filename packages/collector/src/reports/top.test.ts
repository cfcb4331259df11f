import { generalPlan, type Plan } from '@tallymark/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { byEntity, historyNow, isBetween, play, ranked, someHistory } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000
const lengths = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, all: historyNow }

interface Question {
  by: string
  period: keyof typeof lengths
  entityType: string | undefined
  minViews: number | undefined
  limit: number | undefined
}

const someQuestion: fc.Arbitrary<Question> = fc.record({
  by: fc.constantFrom('engagementScore', 'views', 'like', 'click', 'complete', 'signup'),
  period: fc.constantFrom(...(Object.keys(lengths) as (keyof typeof lengths)[])),
  entityType: fc.constantFrom('project', 'song', undefined),
  minViews: fc.constantFrom(undefined, 0, 2),
  limit: fc.constantFrom(undefined, 1, 2),
})

function topByHand(events: readonly NewEvent[], { by, period, entityType, minViews = 1, limit = 10 }: Question) {
  const from = historyNow - lengths[period]
  const entities = byEntity(events.filter((event) => isBetween(event, from, Infinity)))
    .filter((entity) => entity.views >= minViews)
    .filter((entity) => entityType === undefined || entity.entityType === entityType)
    .map((entity) => ({ ...entity, value: valueFor(entity) }))
  return ranked(entities)
    .slice(0, limit)
    .map(({ entityType, entityId, title, value, views, completionRate, engagementScore }) => ({
      ...{ entityType, entityId, title, value, views, completionRate, engagementScore },
    }))

  function valueFor(entity: ReturnType<typeof byEntity>[number]): number {
    if (by === 'engagementScore' || by === 'views') return entity[by]
    return entity.events.filter(({ eventType }) => eventType === by).length
  }
}

const pathOf = (question: Question) => {
  const given = Object.entries(question).filter(([, value]) => value !== undefined)
  return `/v1/top?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

test('the top list is what ranking by hand says, by anything and over any period', async () => {
  await fc.assert(
    fc.asyncProperty(
      someHistory,
      fc.array(someQuestion, { minLength: 4, maxLength: 6 }),
      async (history, questions) => {
        const { collector, events } = await play(history)
        for (const question of questions) {
          const { body } = await collector.get(pathOf(question), 'secret')
          expect(body).toEqual({ items: topByHand(events, question) })
        }
        expect(await collector.store.verify()).toEqual([])
        await collector.close()
      },
    ),
    { numRuns: 12 },
  )
})

const allTime: Question = { by: 'engagementScore', period: 'all', entityType: undefined, minViews: 0, limit: 10 }

/** A plan in which a click is what is meant by a view. */
const clicksAreViews: Plan = {
  ...generalPlan,
  events: { ...generalPlan.events, view: { on: 'any' }, click: { on: 'any', role: 'view' } },
}

test('all time goes on beyond what was let go, and is counted anew when the plan gives other roles', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, async (history) => {
      const { collector, events } = await play(history)
      await collector.store.prune(31)
      const before = await collector.get(pathOf(allTime), 'secret')
      expect(before.body).toEqual({ items: topByHand(events, allTime) })
      await collector.close()

      const { file } = collector
      const other = await testCollector({ file, now: () => historyNow, plan: clicksAreViews })
      const swapped = events
        .filter(({ eventType }) => eventType !== 'view')
        .map((event) => ({ ...event, eventType: event.eventType === 'click' ? 'view' : event.eventType }))
      const touched = new Set(byEntity(events).map(({ entityType, entityId }) => `${entityType} ${entityId}`))
      const after = await other.get(pathOf({ ...allTime, minViews: 1 }), 'secret')
      expect(after.body).toEqual({ items: topByHand(swapped, { ...allTime, minViews: 1 }) })
      expect(touched.size).toBeGreaterThanOrEqual((after.body as { items: unknown[] }).items.length)
      expect(await other.store.verify()).toEqual([])
      await other.close()
    }),
    { numRuns: 10 },
  )
})

test('many entities of the same value and views are in the order of their ids', async () => {
  const collector = await testCollector({ now: () => historyNow })
  const ids = Array.from({ length: 60 }, (_, n) => `e${(n * 37) % 60}`)
  await collector.store.append(ids.map((entityId) => newEvent({ entityId, receivedAt: historyNow })))
  for (const period of ['day', 'all'] as const) {
    const { body } = await collector.get(pathOf({ ...allTime, period, limit: 7 }), 'secret')
    const items = (body as { items: { entityId: string }[] }).items.map(({ entityId }) => entityId)
    expect(items).toEqual(ids.toSorted().slice(0, 7))
  }
})

test('what is not in the plan is refused, and so is a write key', async () => {
  const collector = await testCollector({ plan: { ...generalPlan, open: false, entities: { project: {} } } })
  const wrong = await collector.get('/v1/top?by=never_declared', 'secret')
  expect([wrong.status, codeOf(wrong.body)]).toEqual([400, 'invalid_request'])
  const forbidden = await collector.get('/v1/top', 'write')
  expect([forbidden.status, codeOf(forbidden.body)]).toEqual([403, 'forbidden'])
})
