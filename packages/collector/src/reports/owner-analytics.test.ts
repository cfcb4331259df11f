import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import {
  byEntity,
  byHand,
  historyNow,
  historyOwners,
  isBetween,
  ownerOf,
  play,
  ranked,
  someHistory,
} from '../testing/history.ts'
import { codeOf, testCollector, userToken } from '../testing/test-collector.ts'

const dayMs = 86_400_000

function analyticsByHand(events: readonly NewEvent[], ownerId: string) {
  const theirs = events.filter((event) => ownerOf(event) === ownerId)
  const { views, watchTimeMs, completions, saves, shares, clicks } = byHand(theirs)
  const entities = byEntity(theirs)
    .filter((entity) => entity.views > 0)
    .map((entity) => ({ ...entity, value: entity.engagementScore }))
  return {
    ownerId,
    totalEntities: Object.values(historyOwners).filter((owner) => owner === ownerId).length,
    totalViews: views,
    totalWatchTimeMs: watchTimeMs,
    averageCompletionRate: views && Math.min(100, (100 * completions) / views),
    totalSaves: saves,
    totalShares: shares,
    totalClicks: clicks,
    engagementRate: views && (100 * (saves + shares + clicks)) / views,
    topEntities: ranked(entities).map(({ entityType, entityId, title, views, completionRate, engagementScore }) => ({
      ...{ entityType, entityId, title, views, completionRate, engagementScore },
    })),
  }
}

test('an owner’s analytics are what counting by hand says, for a server and for the owner', async () => {
  const someDays = fc.option(fc.integer({ min: 1, max: 40 }))
  const token = await userToken({ sub: 'user-1', exp: Math.floor(historyNow / 1000) + 60 })
  await fc.assert(
    fc.asyncProperty(someHistory, someDays, async (history, days) => {
      const { collector, events } = await play(history)
      const from = days === null ? 0 : historyNow - days * dayMs
      const query = days === null ? '' : `?from=${new Date(from).toISOString()}`
      const meant = events.filter((event) => isBetween(event, from, Infinity))
      for (const ownerId of ['ada', 'user-1', 'nobody']) {
        const { body } = await collector.get(`/v1/owners/${ownerId}/analytics${query}`, 'secret')
        expect(body).toEqual(analyticsByHand(meant, ownerId))
      }
      for (const key of ['write', 'secret'] as const) {
        const { body } = await collector.get(`/v1/me/analytics${query}`, key, { 'x-user-token': token })
        expect(body).toEqual(analyticsByHand(meant, 'user-1'))
      }
      await collector.close()
    }),
    { numRuns: 12 },
  )
})

test('nobody reads an owner’s analytics with a write key, and one’s own only with one’s token', async () => {
  const collector = await testCollector()
  const others = await collector.get('/v1/owners/ada/analytics', 'write')
  expect([others.status, codeOf(others.body)]).toEqual([403, 'forbidden'])
  const nobodys = await collector.get('/v1/me/analytics', 'write')
  expect([nobodys.status, codeOf(nobodys.body)]).toEqual([403, 'forbidden'])
})
