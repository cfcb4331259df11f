import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { distinct, historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'

const dayMs = 86_400_000

const isTouch = ({ channel, campaign }: NewEvent) => channel !== null || campaign !== null

const earliest = (events: readonly NewEvent[]) => events.toSorted((a, b) => a.occurredAt - b.occurredAt)[0]

const keyOf = (touch: NewEvent | undefined, by: string): string | null =>
  touch === undefined
    ? null
    : by === 'channel'
      ? touch.channel
      : ((JSON.parse(touch.campaign ?? '{}') as Record<string, string>)[by] ?? null)

/** The touch that an event counts for. */
function touchOf(event: NewEvent, model: string, all: readonly NewEvent[], from: number): NewEvent | undefined {
  const isTheirs =
    model === 'first'
      ? viewerOf(event) && ((other: NewEvent) => viewerOf(other) === viewerOf(event))
      : event.sessionId && ((other: NewEvent) => other.sessionId === event.sessionId && other.occurredAt >= from)
  return isTheirs ? earliest(all.filter((other) => isTheirs(other) && isTouch(other))) : event
}

test('visitors, sessions and conversions come by what looking at each event by hand says', async () => {
  const question = fc.record({
    model: fc.constantFrom('first', 'last'),
    by: fc.constantFrom('utmSource', 'utmMedium', 'utmCampaign', 'channel'),
    goal: fc.constantFrom('view', 'signup', 'save'),
    days: fc.constantFrom(1, 20, 45),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, fc.array(question, { minLength: 6, maxLength: 6 }), async (history, asked) => {
      const { collector, events } = await play(history)
      const to = historyNow - dayMs / 4
      for (const { model, by, goal, days } of asked) {
        const from = historyNow - days * dayMs
        const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`
        const path = `/v1/reports/attribution?model=${model}&by=${by}&goal=${goal}&${range}`
        const answer = (await collector.get(path, 'secret')).body as { rows: { key: string | null }[] }
        const before = events.filter((event) => event.occurredAt < to)
        const meant = before.filter((event) => isBetween(event, from, to))
        const byKey = Map.groupBy(meant, (event) => keyOf(touchOf(event, model, before, from), by))
        const rows = [...byKey].map(([key, own]) => {
          const visitors = distinct(own.map(viewerOf))
          const conversions = own.filter(({ eventType }) => eventType === goal).length
          const sessions = distinct(own.map(({ sessionId }) => sessionId))
          return { key, visitors, sessions, conversions, conversionRate: visitors && (100 * conversions) / visitors }
        })
        const byText = (a: { key: string | null }, b: { key: string | null }) =>
          String(a.key).localeCompare(String(b.key))
        expect(answer.rows.toSorted(byText)).toEqual(rows.toSorted(byText))
      }
      expect(await collector.store.verify()).toEqual([])
      await collector.close()
    }),
    { numRuns: 10 },
  )
})
