import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { unpackSteps } from '../facts/funnel-steps.ts'
import { stepMarks } from '../facts/step-marks.ts'
import { StepGatherer, type StepRows, stepColumns, takenOut, within } from '../facts/step-rows.ts'
import type { Read, ReadContext } from './context.ts'
import { FunnelOutlook, FunnelWalk } from './funnel-walk.ts'

/** With more days that are not summed up, looking ahead would cost more than it saves: they would be scanned twice. */
const maxScanned = 4
/** Days that are looked ahead over are kept until they are gone through: each takes as much memory as its events. */
const maxKept = 128

/**
 * Days of a funnel that the plan declares are summed up, as far as the summaries reach. Then most viewers need no walk:
 * within one day they came as far as they ever could. Other days are scanned.
 */
export const funnel: Read<ReadQuery<'funnel'>, ReadAnswer<'funnel'>> = (context, query) => {
  const { facts, names } = context
  const days = facts.days(query.range)
  const read = dayReader(context, query)
  const viewers = names.lastViewer + 1
  const outlook = new FunnelOutlook(query, viewers)
  if (days.length > maxKept || days.filter((day) => !read.isSummed(day)).length > maxScanned) {
    const walk = new FunnelWalk(query, outlook.noStates())
    const isOpen = (viewer: number) => walk.isOpen(viewer)
    for (const day of days) for (const rows of read.day(day, isOpen)) walk.take(day, rows)
    return walk.counts()
  }
  const kept = days.flatMap((day) => read.day(day).map((rows) => ({ day, rows })))
  for (const { day, rows } of kept) outlook.take(day, rows)
  const walk = new FunnelWalk(query, outlook.states())
  for (const { day, rows } of kept) walk.take(day, rows)
  return walk.counts()
}

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
      const all = unpackSteps(summary.data)
      const begin = day * dayMs
      const rows = hasWholeDay(range, day) ? all : within(all, range.from - begin, range.to - begin)
      const beyond = gather(day, summary.parts, isMeant)
      return beyond.viewers.length === 0 ? [rows] : [rows, takenOut(rows, beyond)]
    },
  }

  function gather(day: number, firstPart: number, isMeant?: (viewer: number) => boolean): StepRows {
    facts.scanDay(day, range, columns, (chunk) => gatherer.add(chunk, entityTypes), firstPart)
    return gatherer.take(isMeant)
  }
}
