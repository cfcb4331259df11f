import type { Funnel, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { stepsIn } from '../facts/funnel-steps.ts'
import { placeOf } from '../facts/place-of.ts'
import { stepMarks } from '../facts/step-marks.ts'
import { StepGatherer, type StepRows, setApart, stepColumns, within } from '../facts/step-rows.ts'
import type { Read, ReadContext } from './context.ts'
import { type DaySpan, FunnelOutlook, FunnelWalk } from './funnel-walk.ts'

/** With more days that are not summed up, looking ahead would cost more than it saves: they would be scanned twice. */
const maxScanned = 4
/** Days that are looked ahead over are kept until they are gone through: each takes as much memory as its events. */
const maxKept = 128

/** So many viewers are gone through at a time: what is known of them then stays close to the processor. */
const manyViewers = 1 << 15

/**
 * Days of a funnel that the plan declares are summed up, as far as the summaries reach. Then most viewers need no walk:
 * within one day they came as far as they ever could. Other days are scanned.
 */
export const funnel: Read<ReadQuery<'funnel'>, ReadAnswer<'funnel'>> = (context, query) => {
  const { facts, names } = context
  const days = facts.days(query.range)
  const read = dayReader(context, query)
  const viewers = names.lastViewer + 1
  const isScanned = days.length > maxKept || days.filter((day) => !read.isSummed(day)).length > maxScanned
  return isScanned ? walkDays(query, viewers, days, read) : walkBlocks(query, viewers, days, read)
}

/** The rows of a day: no viewer is in two of what it returns, but for those with no marks. */
type DayReader = Pick<ReturnType<typeof dayReader>, 'day'>

/** Day by day, with everybody. */
export function walkDays(query: Funnel, viewers: number, days: readonly number[], read: DayReader): number[] {
  const outlook = new FunnelOutlook(query, viewers)
  const walk = new FunnelWalk(query, outlook)
  const all = { first: 0, viewers }
  outlook.openAll()
  walk.begin(all)
  const isOpen = (viewer: number) => walk.isOpen(viewer)
  for (const day of days) for (const rows of read.day(day, isOpen)) walk.take(allOf(day, rows))
  walk.end(all)
  return walk.counts()
}

/** Block by block: first who may get further over several days, then those. */
export function walkBlocks(
  query: Funnel,
  viewers: number,
  days: readonly number[],
  read: DayReader,
  blockViewers = manyViewers,
): number[] {
  const spans = days.flatMap((day) => read.day(day).map((rows) => ({ ...allOf(day, rows), to: 0 })))
  const outlook = new FunnelOutlook(query, blockViewers)
  const walk = new FunnelWalk(query, outlook)
  for (let first = 0; first < viewers; first += blockViewers) {
    const block = { first, viewers: Math.min(blockViewers, viewers - first) }
    outlook.begin(block)
    for (const span of spans) {
      span.from = span.to
      span.to = placeOf(span.rows.viewers, first + blockViewers, span.from)
      outlook.take(span)
    }
    walk.begin(block)
    for (const span of spans) span.row = walk.take(span)
    walk.end(block)
  }
  return walk.counts()
}

const allOf = (day: number, rows: StepRows): DaySpan => ({ day, rows, from: 0, to: rows.viewers.length, row: 0 })

function dayReader({ facts, summaries, names }: ReadContext, { steps, range }: ReadQuery<'funnel'>) {
  const marks = stepMarks(steps, (name) => names.id(name))
  const columns = stepColumns(marks)
  const gatherer = new StepGatherer(marks)
  const { entityTypes } = names

  return {
    isSummed: (day: number) => summaries.hasSteps(day, { steps }),

    /** No viewer is in two of what it returns: those who did something beyond the summary are apart from all others. */
    day(day: number, isMeant?: (viewer: number) => boolean): StepRows[] {
      const summary = summaries.steps(day, { steps })
      if (!summary) return [gather(day, 0, isMeant)]
      const all = stepsIn(summary)
      const begin = day * dayMs
      const rows = hasWholeDay(range, day) ? all : within(all, range.from - begin, range.to - begin)
      const beyond = gather(day, summary.parts, isMeant)
      return beyond.viewers.length === 0 ? [rows] : setApart(rows, beyond)
    },
  }

  function gather(day: number, firstPart: number, isMeant?: (viewer: number) => boolean): StepRows {
    facts.scanDay(day, range, columns, (chunk) => gatherer.add(chunk, entityTypes), firstPart)
    return gatherer.take(isMeant)
  }
}
