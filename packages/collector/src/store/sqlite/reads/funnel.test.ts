import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayMs } from '../days.ts'
import { stepMarks } from '../facts/step-marks.ts'
import { StepGatherer, type StepRows, setApart } from '../facts/step-rows.ts'
import { walkBlocks, walkDays } from './funnel.ts'

const steps = ['view', 'save', 'view', 'share'].map((eventType) => ({ eventType }))
const numbers: Record<string, number> = { view: 1, save: 2, share: 3 }
const marks = stepMarks(steps, (name) => numbers[name])
const lastViewer = 9

const someEvents = fc.array(
  fc.record({
    day: fc.integer({ min: 100, max: 103 }),
    time: fc.nat(dayMs - 1),
    type: fc.integer({ min: 1, max: 3 }),
    viewer: fc.integer({ min: 1, max: lastViewer }),
    isLate: fc.boolean(),
  }),
  { minLength: 20, maxLength: 60 },
)
type SomeEvent = typeof someEvents extends fc.Arbitrary<(infer Each)[]> ? Each : never

function gathered(events: readonly SomeEvent[]): StepRows {
  const gatherer = new StepGatherer(marks)
  const column = (name: 'time' | 'type' | 'viewer') => Uint32Array.from(events, (event) => event[name])
  const columns = { time: column('time'), type: column('type'), viewer: column('viewer') }
  gatherer.add({ day: 1, part: 0, rows: events.length, ...columns }, new Uint32Array(1))
  return gatherer.take()
}

/** The rows of a day's events: at once, or with the late ones apart, as they lie beyond a summary. */
function readerOf(events: readonly SomeEvent[]) {
  const rowsOf = (day: number, isLate: boolean) => events.filter((each) => each.day === day && each.isLate === isLate)
  return {
    whole: { day: (day: number) => [gathered([...rowsOf(day, false), ...rowsOf(day, true)])] },
    apart: {
      day(day: number) {
        const [rows, late] = [gathered(rowsOf(day, false)), gathered(rowsOf(day, true))]
        return late.viewers.length === 0 ? [rows] : setApart(rows, late)
      },
    },
  }
}

test('whoever goes through viewers in blocks finds as many as who goes through all at once', () => {
  const days = [100, 101, 102, 103]
  const windows = fc.constantFrom(dayMs / 24, dayMs / 4, dayMs)
  fc.assert(
    fc.property(someEvents, windows, fc.integer({ min: 1, max: 12 }), (events, windowMs, blockViewers) => {
      const [funnel, { whole, apart }] = [{ steps, windowMs }, readerOf(events)]
      const all = walkDays(funnel, lastViewer + 1, days, whole)
      expect(walkDays(funnel, lastViewer + 1, days, apart)).toEqual(all)
      expect(walkBlocks(funnel, lastViewer + 1, days, apart, blockViewers)).toEqual(all)
    }),
    { numRuns: 1000 },
  )
})
