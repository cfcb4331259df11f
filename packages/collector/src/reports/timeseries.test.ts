import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { distinct, historyNow, play, someHistory, viewerOf } from '../testing/history.ts'
import { bucketsOf } from './timeseries.ts'

const dayMs = 86_400_000

test('a series is what counting by hand says, in any interval, time zone and scope', async () => {
  const question = fc.record({
    interval: fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
    eventType: fc.constantFrom('view', 'impression', undefined),
    entity: fc.constantFrom(['project', '1'], ['project', undefined], undefined),
    days: fc.integer({ min: 1, max: 35 }),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { interval, timezone, eventType, entity, days }) => {
      const { collector, events } = await play(history)
      const first = new Date(historyNow - days * dayMs).toISOString().slice(0, 10)
      const from = Temporal.PlainDate.from(first).toZonedDateTime(timezone).epochMilliseconds
      const query = new URLSearchParams({ interval, timezone, from: first })
      if (eventType) query.set('eventType', eventType)
      if (entity) query.set('entityType', entity[0] ?? '')
      if (entity?.[1]) query.set('entityId', entity[1])
      const { body } = await collector.get(`/v1/reports/timeseries?${query}`, 'secret')
      const meant = events.filter(
        (event) =>
          event.occurredAt >= from &&
          (eventType === undefined || event.eventType === eventType) &&
          (entity === undefined || event.entityType === entity[0]) &&
          (entity?.[1] === undefined || event.entityId === entity[1]),
      )
      const startOf = (ms: number) => bucketsOf({ from: ms, to: ms + 1 }, interval, timezone)[0] ?? 0
      const byBucket = Map.groupBy(meant, ({ occurredAt }) => startOf(occurredAt))
      const starts = bucketsOf({ from, to: historyNow + 1 }, interval, timezone)
      expect(body).toEqual({
        points: starts.map((start) => {
          const bucket = byBucket.get(start) ?? []
          return { t: new Date(start).toISOString(), count: bucket.length, unique: distinct(bucket.map(viewerOf)) }
        }),
      })
      await collector.close()
    }),
    { numRuns: 15 },
  )
})

describe('buckets', () => {
  test('of days are as long as the day is where the clocks change', () => {
    const april = Date.UTC(2026, 3, 1)
    const starts = bucketsOf({ from: Date.UTC(2026, 2, 28, 12), to: april }, 'day', 'Europe/Berlin')
    const hours = starts.slice(1).map((start, n) => (start - (starts[n] as number)) / 3_600_000)
    expect(hours).toEqual([24, 23, 24, 24])
  })

  test('of weeks begin on Monday, of months on the first, of hours with the time zone’s own hours', () => {
    const instant = Date.UTC(2026, 0, 15, 12, 40)
    const begin = (interval: 'hour' | 'week' | 'month', timezone: string) =>
      bucketsOf({ from: instant, to: instant + 1 }, interval, timezone).map((ms) => new Date(ms).toISOString())
    expect(begin('week', 'UTC')).toEqual(['2026-01-12T00:00:00.000Z'])
    expect(begin('month', 'UTC')).toEqual(['2026-01-01T00:00:00.000Z'])
    expect(begin('hour', 'Asia/Kathmandu')).toEqual(['2026-01-15T12:15:00.000Z'])
  })
})
