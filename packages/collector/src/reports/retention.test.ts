import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyNow, play, someHistory, viewerOf } from '../testing/history.ts'

const dayMs = 86_400_000
/** A Monday, in UTC. */
const monday = Date.UTC(2026, 2, 30)

test('cohorts are what counting by hand says: the first seen, and who came back', async () => {
  const question = fc.record({
    interval: fc.constantFrom('day' as const, 'week' as const),
    periods: fc.constantFrom(1, 3, 6),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { interval, periods }) => {
      const { collector, events } = await play(history)
      const { body } = await collector.get(`/v1/reports/retention?interval=${interval}&periods=${periods}`, 'secret')
      const length = interval === 'week' ? 7 * dayMs : dayMs
      const last = interval === 'week' ? monday : Math.floor(historyNow / dayMs) * dayMs
      const starts = Array.from({ length: periods }, (_, n) => last - (periods - 1 - n) * length)
      const seen = Map.groupBy(
        events.filter((event) => viewerOf(event) !== null),
        viewerOf,
      )
      const firstSeen = (viewer: string | null) =>
        Math.min(...(seen.get(viewer) ?? []).map(({ occurredAt }) => occurredAt))
      const isIn = (instant: number, start: number) => instant >= start && instant < start + length
      expect(body).toEqual({
        cohorts: starts.map((start, n) => {
          const cohort = [...seen.keys()].filter((viewer) => isIn(firstSeen(viewer), start))
          const retained = starts
            .slice(n)
            .map(
              (later) =>
                cohort.filter((viewer) => seen.get(viewer)?.some(({ occurredAt }) => isIn(occurredAt, later))).length,
            )
          return { start: new Date(start).toISOString(), size: cohort.length, retained }
        }),
      })
      await collector.close()
    }),
    { numRuns: 15 },
  )
})
