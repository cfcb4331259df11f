import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'
import { testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000

interface Exposed {
  variant: string
  converted: boolean
}

const propsOf = ({ props }: NewEvent) => JSON.parse(props ?? '{}') as Record<string, unknown>

function exposedOf(events: readonly NewEvent[], name: string, goal: string): Exposed[] {
  const inOrder = events.filter((event) => viewerOf(event) !== null).toSorted((a, b) => a.occurredAt - b.occurredAt)
  return [...Map.groupBy(inOrder, viewerOf).values()].flatMap((own) => {
    const first = own.find((event) => event.eventType === 'experiment_exposure' && propsOf(event).experiment === name)
    if (!first) return []
    const converted = own.some(({ eventType, occurredAt }) => eventType === goal && occurredAt >= first.occurredAt)
    return [{ variant: String(propsOf(first).variant), converted }]
  })
}

test('variants have the viewers, and of them the converted ones, that counting by hand says', async () => {
  const question = fc.record({
    name: fc.constantFrom('cta', 'nav', 'none'),
    goal: fc.constantFrom('view', 'save', 'experiment_exposure'),
    days: fc.constantFrom(1, 20, 45),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, fc.array(question, { minLength: 4, maxLength: 4 }), async (history, asked) => {
      const { collector, events } = await play(history)
      for (const { name, goal, days } of asked) {
        const from = historyNow - days * dayMs
        const path = `/v1/reports/experiment?name=${name}&goal=${goal}&from=${new Date(from).toISOString()}`
        const { variants } = (await collector.get(path, 'secret')).body as { variants: Record<string, unknown>[] }
        const exposed = exposedOf(
          events.filter((event) => isBetween(event, from, Infinity)),
          name,
          goal,
        )
        const byVariant = [...Map.groupBy(exposed, ({ variant }) => variant)].sort(([a], [b]) => (a < b ? -1 : 1))
        const rates = byVariant.map(([, all]) => (100 * all.filter(({ converted }) => converted).length) / all.length)
        expect(variants).toEqual(
          byVariant.map(([variant, all], n) => ({
            variant,
            exposures: all.length,
            conversions: all.filter(({ converted }) => converted).length,
            rate: rates[n],
            lift:
              n === 0 || rates[0] === 0
                ? null
                : (100 * ((rates[n] as number) - (rates[0] as number))) / (rates[0] as number),
            pValue: n === 0 ? null : expect.any(Number),
          })),
        )
      }
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

test('the control comes first, the others by name, each beside it', async () => {
  const { get, store } = await testCollector()
  const saw = (variant: string, n: number, isConverted: boolean) => {
    const anonymousId = `00000000-0000-4000-8000-${variant.length}${String(n).padStart(11, '0')}`
    const exposure = { eventType: 'experiment_exposure', props: JSON.stringify({ experiment: 'cta', variant }) }
    return [exposure, ...(isConverted ? [{ eventType: 'signup' }] : [])].map((fields) =>
      newEvent({ anonymousId, receivedAt: Date.now(), entityType: null, entityId: null, ...fields }),
    )
  }
  const people = Array.from({ length: 200 }, (_, n) => n)
  await store.append([
    ...people.flatMap((n) => saw('blue', n, n < 60)),
    ...people.flatMap((n) => saw('control', n, n < 40)),
    ...people.flatMap((n) => saw('adaptive', n, n < 40)),
  ])
  // On a busy machine so many may take longer to be folded than a report waits for.
  await store.flush()
  const { body } = await get('/v1/reports/experiment?name=cta&goal=signup', 'secret')
  expect(body).toEqual({
    variants: [
      { variant: 'control', exposures: 200, conversions: 40, rate: 20, lift: null, pValue: null },
      { variant: 'adaptive', exposures: 200, conversions: 40, rate: 20, lift: 0, pValue: expect.closeTo(1, 6) },
      // z = 0.1 / √(0.25 · 0.75 · 2 / 200) = 2.3094
      { variant: 'blue', exposures: 200, conversions: 60, rate: 30, lift: 50, pValue: expect.closeTo(0.020921, 5) },
    ],
  })
})
