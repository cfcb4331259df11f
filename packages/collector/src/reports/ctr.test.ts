import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyNow, isBetween, play, someHistory } from '../testing/history.ts'

const dayMs = 86_400_000

test('click-through rates are what counting by hand says, by position and by surface', async () => {
  const question = fc.record({
    by: fc.constantFrom('position' as const, 'surface' as const),
    entityType: fc.constantFrom('project', undefined),
    from: fc.integer({ min: historyNow - 40 * dayMs, max: historyNow }),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { by, entityType, from }) => {
      const { collector, events } = await play(history)
      const query = new URLSearchParams({ by, from: new Date(from).toISOString() })
      if (entityType) query.set('entityType', entityType)
      const { body } = await collector.get(`/v1/reports/ctr?${query}`, 'secret')
      const meant = events
        .filter((event) => isBetween(event, from, Infinity) && event[by] !== null)
        .filter((event) => entityType === undefined || event.entityType === entityType)
      const count = (key: unknown, type: string) =>
        meant.filter((event) => event[by] === key && event.eventType === type).length
      const rows = [...new Set(meant.map((event) => event[by] as string | number))]
        .map((key) => ({ key, impressions: count(key, 'impression'), clicks: count(key, 'click') }))
        .filter(({ impressions, clicks }) => impressions + clicks > 0)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map((row) => ({ ...row, ctr: row.impressions && (100 * row.clicks) / row.impressions }))
      expect(body).toEqual({ rows })
      await collector.close()
    }),
    { numRuns: 12 },
  )
})
