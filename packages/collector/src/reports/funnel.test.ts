import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000

type Step = { eventType: string; entityType?: string; surface?: string }

const someSteps = fc.array(
  fc.record(
    {
      eventType: fc.constantFrom('view', 'view', 'impression', 'click', 'save'),
      entityType: fc.constantFrom('project', 'song'),
      surface: fc.constantFrom('explore', 'nowhere'),
    },
    { requiredKeys: ['eventType'] },
  ),
  { minLength: 1, maxLength: 4 },
)

const isStep = (event: NewEvent, { eventType, entityType, surface }: Step) =>
  event.eventType === eventType &&
  (entityType === undefined || event.entityType === entityType) &&
  (surface === undefined || event.surface === surface)

/** Tries every chain there is. */
function deepest(events: readonly NewEvent[], steps: readonly Step[], windowMs: number): number {
  const from = (step: number, behind: number, start: number): number => {
    const wanted = steps[step]
    if (wanted === undefined) return step
    let best = step
    for (const [n, event] of events.entries()) {
      if (n <= behind || !isStep(event, wanted) || (step > 0 && event.occurredAt - start > windowMs)) continue
      best = Math.max(best, from(step + 1, n, step === 0 ? event.occurredAt : start))
    }
    return best
  }
  return from(0, -1, 0)
}

const someQuestion = fc.record({
  steps: someSteps,
  windowMs: fc.constantFrom(0, 3_600_000, dayMs, 10 * dayMs),
  days: fc.constantFrom(1, 12, 45),
})

test('a funnel is what trying every chain of every viewer’s events says', async () => {
  const questions = fc.array(someQuestion, { minLength: 5, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(someHistory, questions, async (history, asked) => {
      const { collector, events } = await play(history)
      const to = historyNow - dayMs / 2
      for (const { steps, windowMs, days } of asked) {
        const from = historyNow - days * dayMs
        const body = { steps, windowMs, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
        const answer = await collector.send('POST', '/v1/reports/funnel', body, 'secret')
        const meant = events.filter((event) => isBetween(event, from, to) && viewerOf(event) !== null)
        // Sorting keeps the order of the log among events of the same instant.
        const inOrder = meant.toSorted((a, b) => a.occurredAt - b.occurredAt)
        const depths = [...Map.groupBy(inOrder, viewerOf).values()].map((own) => deepest(own, steps, windowMs))
        const counts = steps.map((_, step) => depths.filter((depth) => depth > step).length)
        expect(answer.body).toEqual({
          steps: steps.map(({ eventType }, n) => ({
            eventType,
            count: counts[n],
            conversion: counts[0] ? (100 * (counts[n] as number)) / counts[0] : 0,
          })),
        })
      }
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

test('an event type that the plan does not have is named, and so is a funnel without steps', async () => {
  const plan = { name: 'closed', entities: {}, events: { view: {} } }
  const { send } = await testCollector({ plan })
  const ask = (steps: unknown[]) => send('POST', '/v1/reports/funnel', { steps, windowMs: 1000 }, 'secret')
  const unknown = await ask([{ eventType: 'view' }, { eventType: 'purchase' }])
  expect([unknown.status, codeOf(unknown.body)]).toEqual([400, 'invalid_request'])
  expect((unknown.body as { detail: string }).detail).toContain('steps.1.eventType')
  expect((await ask([])).status).toBe(400)
})
