import { roles } from '@tallymark/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newEvent } from '../../../testing/events.ts'
import { type History, historyNow, someHistory } from '../../../testing/history.ts'
import { tempFolder } from '../../../testing/temp-folder.ts'
import type { Store } from '../../store.ts'
import { openForReading } from '../connection.ts'
import { dayMs } from '../days.ts'
import { openSqliteStore } from '../store.ts'
import { type ReadContext, readContext } from './context.ts'
import { answerRead } from './reads.ts'

const byRole = Object.fromEntries(roles.map((role) => [role, [role]]))
const today = Math.floor(historyNow / dayMs) * dayMs
const range = { from: today - 40 * dayMs, to: today + dayMs }
const cut = { from: range.from + dayMs / 2, to: historyNow }
const edgesOf = (count: number, ms: number) => Array.from({ length: count + 1 }, (_, n) => range.from + n * ms)
const funnel = { steps: [{ eventType: 'view' }, { eventType: 'save' }], windowMs: 2 * dayMs }

/** All that is answered from what days come to. */
const answers = (context: ReadContext) => [
  answerRead(context, 'funnel', { ...funnel, range }),
  answerRead(context, 'funnel', { ...funnel, range: cut }),
  answerRead(context, 'attribution', { model: 'first', by: 'channel', goal: 'save', range }),
  answerRead(context, 'attribution', { model: 'last', by: 'utmSource', goal: 'save', range }),
  answerRead(context, 'activity', { scope: {}, range, roles: byRole }),
  answerRead(context, 'activity', { scope: { entityType: 'project' }, range: cut, roles: byRole }),
  answerRead(context, 'ranking', { scope: {}, range, roles: byRole, by: 'views', minViews: 0, limit: 10 }),
  answerRead(context, 'series', { scope: { eventTypes: ['view'] }, edges: edgesOf(41, dayMs) }),
  answerRead(context, 'series', { scope: {}, edges: edgesOf(20, 2 * dayMs) }),
  answerRead(context, 'series', { scope: {}, edges: edgesOf(82, dayMs / 2) }),
  answerRead(context, 'slots', { scope: { eventTypes: ['view'] }, range }),
  answerRead(context, 'places', { by: 'surface', scope: {}, range, roles: byRole }),
  answerRead(context, 'discovery', { range, roles: byRole, limit: 5 }),
  answerRead(context, 'cohorts', { edges: edgesOf(8, 5 * dayMs) }),
  answerRead(context, 'siteTotals', { range }),
]

/** Everything is folded at once; an event that comes again changes nothing. */
async function take(store: Store, step: History[number]): Promise<void> {
  if (step.do === 'append') await store.append(step.events)
  if (step.do === 'erase')
    await store.erase(step.who.startsWith('user') ? { userId: step.who } : { anonymousId: step.who })
  if (step.do === 'summarise') await store.summarise({ events: 1, share: 0 })
  await store.flush()
}

/** A store, and what those say of it who have read it before, and who read it for the first time. */
async function openTwice() {
  const file = `${tempFolder()}/events.db`
  const windows = { byType: {}, fallbackMs: 0 }
  const store = await openSqliteStore({ file, funnels: [funnel], windows, now: () => historyNow })
  const reading = openForReading(file)
  const context = readContext(reading, [funnel])
  return {
    store,
    compare() {
      const fresh = openForReading(file)
      const expected = answers(readContext(fresh, [funnel]))
      fresh.close()
      // Once with what is kept from before, once with all of it kept.
      expect(answers(context)).toEqual(expected)
      expect(answers(context)).toEqual(expected)
    },
    async close() {
      reading.close()
      await store.close()
    },
  }
}

test('whoever has read days before says the same as who reads them for the first time, whatever came in between', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, someHistory, fc.integer({ min: 1, max: 40 }), async (first, second, keepDays) => {
      const { store, compare, close } = await openTwice()
      for (const step of [...first, { do: 'summarise' as const }, ...second, { do: 'summarise' as const }]) {
        await take(store, step)
        compare()
      }
      await store.prune(keepDays)
      compare()
      await close()
    }),
    { numRuns: 12 },
  )
})

test('a summary that takes the place of one with as many parts is told from it', async () => {
  const { store, compare, close } = await openTwice()
  const [one, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
  await store.append([one, other].map((anonymousId) => newEvent({ anonymousId, occurredAt: today, receivedAt: today })))
  await store.flush()
  expect(await store.summarise({ events: 1, share: 0 })).toBe(1)
  compare()
  await store.erase({ anonymousId: one })
  expect(await store.summarise({ events: 1, share: 0 })).toBe(1)
  compare()
  await close()
})
