import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newEvent } from '../testing/events.ts'
import { byHand, historyNow, isBetween, play, someHistory } from '../testing/history.ts'
import { testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000
const someInstant = fc
  .integer({ min: historyNow - 40 * dayMs, max: historyNow })
  .map((ms) => new Date(ms).toISOString())

test('an entity’s analytics are what counting its events by hand says, over any range', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, fc.option(someInstant), fc.option(someInstant), async (history, some, other) => {
      const [from, to] = some && other && some > other ? [other, some] : [some, other]
      const { collector, events } = await play(history)
      const range = `${from ? `&from=${from}` : ''}${to ? `&to=${to}` : ''}`
      const answer = await collector.get(`/v1/entities/project/1/analytics?${range.slice(1)}`, 'secret')
      const counted = byHand(
        events
          .filter(({ entityType, entityId }) => entityType === 'project' && entityId === '1')
          .filter((event) => isBetween(event, from ? Date.parse(from) : 0, to ? Date.parse(to) : Infinity)),
      )
      const { views, saves, shares, clicks, completions, skips } = counted
      const score = (40 * completions + 30 * saves + 20 * shares + 10 * clicks - 20 * skips) / views
      expect(answer.body).toEqual({
        entityType: 'project',
        entityId: '1',
        totalViews: views,
        uniqueViewers: counted.uniqueViewers,
        totalWatchTimeMs: counted.watchTimeMs,
        averageWatchTimeMs: views && counted.watchTimeMs / views,
        completionRate: views && Math.min(100, (100 * completions) / views),
        completions,
        saves,
        shares,
        clicks,
        skips,
        likes: Math.max(0, counted.likes - counted.unlikes),
        saveRate: views && (100 * saves) / views,
        engagementRate: views && (100 * (saves + shares + clicks)) / views,
        engagementScore: views && Math.min(100, Math.max(0, score)),
      })
      expect(await collector.store.verify()).toEqual([])
      await collector.close()
    }),
    { numRuns: 12 },
  )
})

test('who comes over a client’s cap counts, whether the day is summed up or not', async () => {
  const collector = await testCollector({ now: () => historyNow, publicCap: 2 })
  const viewers = Array.from({ length: 5 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`)
  const yesterday = { clientKey: 'c', entityId: '1', receivedAt: historyNow, occurredAt: historyNow - dayMs }
  await collector.store.append(viewers.map((anonymousId) => newEvent({ ...yesterday, anonymousId })))
  for (let summaries = 0; summaries < 2; summaries++) {
    const { body } = await collector.get('/v1/entities/project/1/analytics', 'secret')
    expect(body).toMatchObject({ totalViews: 5, uniqueViewers: 5 })
    await collector.store.summarise({ events: 1, share: 0.2 })
  }
})
