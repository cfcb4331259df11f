import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyNow, play, someHistory } from '../testing/history.ts'

const dayMs = 86_400_000
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** What a clock on the wall there shows. */
function clock(instant: number, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  return { weekday: weekdays.indexOf(parts.weekday ?? '') + 1, hour: Number(parts.hour) }
}

test('the heat map is what counting by the clock on the wall says, in any time zone', async () => {
  const question = fc.record({
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
    eventType: fc.constantFrom('view', 'impression', undefined),
    from: fc.option(fc.integer({ min: historyNow - 40 * dayMs, max: historyNow })),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { timezone, eventType, from }) => {
      const { collector, events } = await play(history)
      const query = new URLSearchParams({ timezone })
      if (eventType) query.set('eventType', eventType)
      if (from !== null) query.set('from', new Date(from).toISOString())
      const { body } = await collector.get(`/v1/reports/heatmap?${query}`, 'secret')
      const { cells } = body as { cells: { weekday: number; hour: number; count: number }[] }
      const meant = events
        .filter((event) => eventType === undefined || event.eventType === eventType)
        .filter(({ occurredAt }) => occurredAt >= (from ?? 0))
        .map(({ occurredAt }) => clock(occurredAt, timezone))
      expect(cells).toHaveLength(168)
      for (const { weekday, hour, count } of cells) {
        expect({ weekday, hour, count }).toEqual({
          weekday,
          hour,
          count: meant.filter((at) => at.weekday === weekday && at.hour === hour).length,
        })
      }
      await collector.close()
    }),
    { numRuns: 12 },
  )
})
