import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOf, packSteps, stepsIn, stepsOf } from './funnel-steps.ts'
import { uncached } from './packed-record.ts'
import { stepMarks } from './step-marks.ts'
import { maxSteps, StepGatherer, type StepRows, setApart, stepOf, timeOf } from './step-rows.ts'

const stepNames = ['view', 'save', 'view', 'share']
const steps = stepNames.map((eventType) => ({ eventType }))
const numbers: Record<string, number> = { view: 1, save: 2, share: 3 }
const marks = stepMarks(steps, (name) => numbers[name])
const onNothing = new Uint32Array(1)

const someEvents = fc.array(
  fc.record({
    time: fc.oneof(fc.nat(3), fc.nat(86_399_999)),
    type: fc.integer({ min: 1, max: 4 }),
    viewer: fc.oneof(fc.nat(3), fc.constantFrom(70_000, 3_000_000)),
  }),
  { maxLength: 60 },
)
type SomeEvent = typeof someEvents extends fc.Arbitrary<(infer Each)[]> ? Each : never

function gathered(events: readonly SomeEvent[], isMeant?: (viewer: number) => boolean): StepRows {
  const gatherer = new StepGatherer(marks)
  const column = (name: keyof SomeEvent) => Uint32Array.from(events, (event) => event[name])
  const columns = { time: column('time'), type: column('type'), viewer: column('viewer') }
  gatherer.add({ day: 1, part: 0, rows: events.length, ...columns }, onNothing)
  return gatherer.take(isMeant)
}

/** Each viewer's rows: the time and the step. */
function byViewer({ viewers, counts, rows }: StepRows) {
  let at = 0
  return Array.from(viewers, (viewer, n) => {
    at += counts[n] as number
    const own = rows.subarray(at - (counts[n] as number), at)
    return { viewer, steps: Array.from(own, (row) => [timeOf(row), stepOf(row)]) }
  })
}

const plain = (of: StepRows) =>
  Object.fromEntries(Object.entries(of).map(([name, values]) => [name, Array.from(values)]))

test('all rows of the steps are there, by viewer and in the order of time', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const found = byViewer(gathered(events))
      const viewers = new Set(events.filter(({ viewer, type }) => viewer > 0 && type < 4).map(({ viewer }) => viewer))
      expect(found.map(({ viewer }) => viewer)).toEqual([...viewers].sort((a, b) => a - b))
      for (const { viewer, steps } of found) {
        const own = events.filter((event) => event.viewer === viewer)
        const stepsOf = (type: number) => stepNames.filter((name) => numbers[name] === type)
        expect(steps).toHaveLength(own.flatMap(({ type }) => stepsOf(type)).length)
        const times = steps.map(([time]) => time as number)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        for (const [time, step = 0] of steps) {
          expect(events).toContainEqual({ viewer, time, type: numbers[stepNames[step] as string] })
        }
      }
    }),
  )
})

test('of each viewer the marks say what they did, and how far they came by themselves', () => {
  const times = [5, 6, 7, 8]
  const events = [1, 2, 1, 3].map((type, n) => ({ time: times[n] as number, type, viewer: 7 }))
  const only = { time: 9, type: 3, viewer: 8 }
  const of = gathered([...events, only])
  expect(Array.from(of.marks, (mark) => [mark & (2 ** maxSteps - 1), mark >>> maxSteps])).toEqual([
    [0b1111, 4],
    [0b1000, 0],
  ])
})

test('rows come back from their record, wherever it begins', () => {
  fc.assert(
    fc.property(someEvents, fc.nat(3), (events, shift) => {
      const of = gathered(events)
      const packed = packSteps({ steps }, of)
      const moved = Buffer.concat([Buffer.alloc(shift), packed]).subarray(shift)
      expect(plain(stepsIn(uncached(moved)))).toEqual(plain(of))
    }),
  )
})

test('viewers are gathered alone', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const isMeant = (viewer: number) => [1, 3, 70_000].includes(viewer)
      const all = byViewer(gathered(events))
      expect(byViewer(gathered(events, isMeant))).toEqual(all.filter(({ viewer }) => isMeant(viewer)))
    }),
  )
})

test('whoever did something later, too, is apart with all rows as if they had come at once', () => {
  fc.assert(
    fc.property(someEvents, someEvents, (first, later) => {
      const rows = gathered(first)
      const before = plain(rows)
      const [rest, them] = setApart(rows, gathered(later))
      const theirs = byViewer(them)
      const others = byViewer(rest).filter((_, n) => rest.marks[n] !== 0)
      expect(plain(rows)).toEqual(before)
      const all = byViewer(gathered([...first, ...later]))
      const isLater = new Set(byViewer(gathered(later)).map(({ viewer }) => viewer))
      expect(theirs).toEqual(all.filter(({ viewer }) => isLater.has(viewer)))
      expect(others).toEqual(all.filter(({ viewer }) => !isLater.has(viewer)))
    }),
  )
})

test('a record says which steps it is of', () => {
  const narrow = {
    steps: [
      { eventType: 'view', entityType: 'film', surface: 'say "cheese"\\' },
      { eventType: 'save', surface: 'ö' },
    ],
  }
  const packed = packSteps(narrow, gathered([]))
  expect(stepsOf(packed)).toEqual({
    steps: [narrow.steps[0], { eventType: 'save', entityType: undefined, surface: 'ö' }],
  })
  expect(isOf(uncached(packed), narrow)).toBe(true)
  expect(isOf(uncached(packed), { steps })).toBe(false)
  expect(isOf(uncached(packed), { steps: narrow.steps.toReversed() })).toBe(false)
})

test('a record that is damaged is of no steps', () => {
  expect(stepsOf(Buffer.alloc(0))).toEqual({ steps: [] })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(stepsOf(Buffer.from(bytes))).toEqual({ steps: [] })
      expect(isOf(uncached(Buffer.from(bytes)), { steps })).toBe(false)
    }),
  )
})
