import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import {
  byHand,
  historyNow,
  interactionsOf,
  isBetween,
  ownerOf,
  play,
  sessionsOf,
  someHistory,
  spanOf,
  sum,
} from '../testing/history.ts'

const dayMs = 86_400_000
const lengths = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, all: historyNow }

function totals(events: readonly NewEvent[], owner: string | undefined, from: number, to: number) {
  const theirs = events.filter((event) => owner === undefined || ownerOf(event) === owner)
  const { views, uniqueViewers, watchTimeMs, completions, saves, shares, clicks } = byHand(
    theirs.filter((event) => isBetween(event, from, to)),
  )
  const sessions = sessionsOf(events)
    .filter((session) => owner === undefined || session.some((event) => ownerOf(event) === owner))
    .filter((session) => spanOf(session).startedAt >= from && spanOf(session).startedAt < to)
  const duration = sum(sessions.map((session) => spanOf(session).endedAt - spanOf(session).startedAt))
  const bounced = sessions.filter((session) => interactionsOf(session) <= 1).length
  return {
    totalViews: views,
    totalUniqueViewers: uniqueViewers,
    totalWatchTimeMs: watchTimeMs,
    averageSessionDurationMs: sessions.length && duration / sessions.length,
    totalSessions: sessions.length,
    bounceRate: sessions.length && (100 * bounced) / sessions.length,
    averageCompletionRate: views && Math.min(100, (100 * completions) / views),
    totalEngagements: saves + shares + clicks,
    engagementRate: views && (100 * (saves + shares + clicks)) / views,
  }
}

test('the overview is what counting by hand says, for any period, of the site and of an owner', async () => {
  const period = fc.constantFrom(...(Object.keys(lengths) as (keyof typeof lengths)[]))
  await fc.assert(
    fc.asyncProperty(someHistory, period, fc.constantFrom(undefined, 'ada'), async (history, name, owner) => {
      const { collector, events } = await play(history)
      const path = `/v1/reports/overview?period=${name}${owner ? `&ownerId=${owner}` : ''}`
      const { body } = await collector.get(path, 'secret')
      const from = historyNow - lengths[name]
      const now = totals(events, owner, from, Infinity)
      const previous = totals(events, owner, Math.max(0, from - lengths[name]), from)
      const change = Object.fromEntries(
        (Object.keys(now) as (keyof typeof now)[]).map((field) => [
          field,
          previous[field] === 0 ? null : (100 * (now[field] - previous[field])) / previous[field],
        ]),
      )
      expect(body).toEqual({
        period: name,
        from: name === 'all' ? null : new Date(from).toISOString(),
        to: new Date(historyNow).toISOString(),
        ...now,
        previous,
        change,
      })
      await collector.close()
    }),
    { numRuns: 15 },
  )
})
