import { join } from 'node:path'
import { generalPlan, type Plan } from '@tallymark/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000
const isoTime = (ms: number) => new Date(ms).toISOString()

type Step = { eventType: string; entityType?: string; surface?: string }
type Steps = readonly Step[]

const someStep = fc.record(
  {
    eventType: fc.constantFrom('view', 'view', 'impression', 'click', 'save'),
    entityType: fc.constantFrom('project', 'song'),
    surface: fc.constantFrom('explore', 'nowhere'),
  },
  { requiredKeys: ['eventType'] },
)
const someSteps = fc.array(someStep, { minLength: 1, maxLength: 4 })

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

/** What there must be in the answer for a range. */
function byHand(all: readonly NewEvent[], steps: Steps, windowMs: number, from: number, to: number) {
  const meant = all.filter((event) => isBetween(event, from, to) && viewerOf(event) !== null)
  // Sorting keeps the order of the log among events of the same instant.
  const inOrder = meant.toSorted((a, b) => a.occurredAt - b.occurredAt)
  const depths = [...Map.groupBy(inOrder, viewerOf).values()].map((own) => deepest(own, steps, windowMs))
  const counts = steps.map((_, step) => depths.filter((depth) => depth > step).length)
  return {
    steps: steps.map(({ eventType }, n) => ({
      eventType,
      count: counts[n],
      conversion: counts[0] ? (100 * (counts[n] as number)) / counts[0] : 0,
    })),
  }
}

const someWindow = fc.constantFrom(1, 3_600_000, dayMs, 10 * dayMs)
const someQuestion = fc.record({
  steps: someSteps,
  windowMs: fc.oneof(fc.constant(0), someWindow),
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
        const body = { steps, windowMs, from: isoTime(from), to: isoTime(to) }
        const answer = await collector.send('POST', '/v1/reports/funnel', body, 'secret')
        expect(answer.body).toEqual(byHand(events, steps, windowMs, from, to))
      }
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

const someFunnel = fc.record({
  steps: fc.array(someStep, { minLength: 2, maxLength: 4 }),
  windowMs: someWindow,
})
/** How many days ago: whole ones in UTC, and parts of them. */
const today = (historyNow % dayMs) / dayMs
const someRange = fc
  .record({
    from: fc.constantFrom(today, 0.9, 1.3, today + 4, 12, 45),
    to: fc.constantFrom(today - 1, 0, 0.4, today, 3),
  })
  .filter(({ from, to }) => from > to)
  .map(({ from, to }) => ({ from: historyNow - Math.round(from * dayMs), to: historyNow - Math.round(to * dayMs) }))

test('a declared funnel says the same as its steps do, and as trying every chain, whatever is summed up', async () => {
  const funnels = fc.record({ one: someFunnel, other: someFunnel })
  const ranges = fc.array(someRange, { minLength: 4, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(someHistory, funnels, ranges, async (history, declared, asked) => {
      const { collector, events } = await play(history, { plan: { ...generalPlan, funnels: declared } })
      for (const [name, { steps, windowMs }] of Object.entries(declared)) {
        for (const { from, to } of asked) {
          const range = { from: isoTime(from), to: isoTime(to) }
          const { body } = await collector.get(
            `/v1/reports/funnel?${new URLSearchParams({ name, ...range })}`,
            'secret',
          )
          expect(body).toEqual(byHand(events, steps, windowMs, from, to))
          const adHoc = await collector.send('POST', '/v1/reports/funnel', { steps, windowMs, ...range }, 'secret')
          expect(adHoc.body).toEqual(body)
        }
      }
      expect(await collector.store.verify()).toEqual([])
      await collector.close()
    }),
    { numRuns: 15 },
  )
})

/** Few viewers who do little else, on a few days: most chains are nearly right. */
const someDenseEvent = fc
  .record({
    eventType: fc.constantFrom('view', 'save', 'click'),
    who: fc.constantFrom(1, 2, 3),
    day: fc.nat(3),
    at: fc.oneof(fc.nat(5), fc.constantFrom(dayMs - 1, dayMs / 2)),
  })
  .map(({ eventType, who, day, at }) =>
    newEvent({
      eventType,
      anonymousId: `00000000-0000-4000-8000-00000000000${who}`,
      occurredAt: Math.floor(historyNow / dayMs) * dayMs - (day + 1) * dayMs + at,
    }),
  )
const someDenseHistory = fc
  .array(fc.array(someDenseEvent, { maxLength: 12 }), { minLength: 1, maxLength: 4 })
  .map((batches) =>
    batches.flatMap((events) => [
      { do: 'append' as const, events },
      { do: 'fold' as const },
      { do: 'summarise' as const },
    ]),
  )
  // The last batch may come after the days were summed up.
  .chain((history) => fc.constantFrom(history, history.slice(0, -1)))
const someDenseFunnel = fc.record({
  steps: fc.array(fc.record({ eventType: fc.constantFrom('view', 'save', 'click') }), { minLength: 2, maxLength: 4 }),
  windowMs: fc.constantFrom(2, dayMs / 2, dayMs - 1, dayMs, dayMs + 2, 2 * dayMs),
})

test('it says so, too, of viewers who are often nearly through', async () => {
  const funnels = fc.record({ one: someDenseFunnel, two: someDenseFunnel, three: someDenseFunnel })
  await fc.assert(
    fc.asyncProperty(someDenseHistory, funnels, async (history, declared) => {
      const { collector, events } = await play(history, { plan: { ...generalPlan, funnels: declared } })
      for (const [name, { steps, windowMs }] of Object.entries(declared)) {
        for (const from of [historyNow - 6 * dayMs, Math.floor(historyNow / dayMs) * dayMs - 2 * dayMs]) {
          const { body } = await collector.get(`/v1/reports/funnel?name=${name}&from=${isoTime(from)}`, 'secret')
          expect(body).toEqual(byHand(events, steps, windowMs, from, historyNow))
        }
      }
      await collector.close()
    }),
    { numRuns: 40 },
  )
})

const steps = (...types: string[]) => types.map((eventType) => ({ eventType }))
const planWith = (funnels: Plan['funnels']) => ({ ...generalPlan, ...(funnels && { funnels }) })
const countsIn = (body: unknown) => (body as { steps: { count: number }[] }).steps.map(({ count }) => count)

test('when the plan’s funnels change, days are summed up for the new ones, and none is answered from the old', async () => {
  const file = join(tempFolder(), 'changing.db')
  const at = (minute: number) => historyNow - dayMs + minute * 60_000
  const event = (eventType: string, minute: number) =>
    newEvent({ eventType, anonymousId: '00000000-0000-4000-8000-000000000001', occurredAt: at(minute) })
  const open = (funnels: Plan['funnels']) => testCollector({ file, plan: planWith(funnels), now: () => historyNow })
  const first = await open({ f: { steps: steps('view', 'save'), windowMs: dayMs } })
  await first.store.append([event('view', 1), event('save', 2), event('click', 3)])
  await first.store.flush()
  expect(await first.store.summarise({ events: 1, share: 0.2 })).toBe(1)
  expect(countsIn((await first.get('/v1/reports/funnel?name=f', 'secret')).body)).toEqual([1, 1])
  await first.close()
  const changed = {
    f: { steps: steps('view', 'click', 'save'), windowMs: dayMs },
    g: { steps: steps('view', 'click'), windowMs: 1 },
  }
  const second = await open(changed)
  for (const days of [1, 0]) {
    expect(countsIn((await second.get('/v1/reports/funnel?name=f', 'secret')).body)).toEqual([1, 1, 0])
    expect(countsIn((await second.get('/v1/reports/funnel?name=g', 'secret')).body)).toEqual([1, 0])
    expect(await second.store.verify()).toEqual([])
    expect(await second.store.summarise({ events: 1, share: 0.2 })).toBe(days)
  }
  await second.close()
  const third = await open(undefined)
  expect(await third.store.summarise({ events: 1, share: 0.2 })).toBe(0)
  expect(await third.store.verify()).toEqual([])
})

test('a declared funnel is a table, too, and over a period what it is over the same days', async () => {
  const { collector } = await play([], {
    plan: planWith({ bought: { steps: steps('view', 'save'), windowMs: dayMs } }),
  })
  await collector.store.append([
    newEvent({
      eventType: 'view',
      anonymousId: '00000000-0000-4000-8000-000000000001',
      occurredAt: historyNow - dayMs,
    }),
  ])
  const ask = (query: string) => collector.get(`/v1/reports/funnel?name=bought&${query}`, 'secret')
  expect((await ask('format=csv')).body).toBe('eventType,count,conversion\r\nview,1,100\r\nsave,0,0\r\n')
  expect(countsIn((await ask('period=week')).body)).toEqual([1, 0])
  expect(countsIn((await ask('period=day')).body)).toEqual([1, 0])
  expect((await ask('period=day&from=2026-01-01')).status).toBe(400)
  expect((await collector.get('/v1/reports/funnel?name=bought', 'write')).status).toBe(403)
})

test('a funnel that the plan does not declare is told those that it does', async () => {
  const bought = { steps: steps('view', 'save'), windowMs: dayMs }
  const { get } = await testCollector({ plan: planWith({ bought, left: bought }) })
  const unknown = await get('/v1/reports/funnel?name=buyed', 'secret')
  expect([unknown.status, codeOf(unknown.body)]).toEqual([400, 'invalid_request'])
  expect((unknown.body as { detail: string }).detail).toContain("not one of the plan's funnels (bought, left)")
  const none = await testCollector()
  expect(((await none.get('/v1/reports/funnel?name=x', 'secret')).body as { detail: string }).detail).toContain(
    'it has none',
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
