import type { Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { unpackDaySums } from '../facts/day-sums.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'

export const siteTotals: Read<ReadQuery<'siteTotals'>, ReadAnswer<'siteTotals'>> = (context, { range }) => {
  const { events, viewers } = siteBetween(context, range)
  return { events, viewers: viewers.size }
}

/** Whole days are in the summaries, as far as those reach; the rest is read from the facts. */
export function siteBetween({ facts, summaries }: ReadContext, asked: Range): { events: number; viewers: ViewerSet } {
  const range = facts.rounded(asked)
  const viewers = new ViewerSet()
  let events = 0
  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.of(day, 'sums') : undefined
    if (summary) {
      const { rows, count } = unpackDaySums(summary.data)
      for (let row = 0; row < rows; row++) events += count[row] as number
      const set = summaries.viewerSet(day)
      if (set) viewers.addPacked(set)
    }
    facts.scanDay(
      day,
      range,
      ['viewer'],
      ({ rows, viewer }) => {
        events += rows
        for (let row = 0; row < rows; row++) if (viewer[row] !== 0) viewers.add(viewer[row] as number)
      },
      summary?.parts,
    )
  }
  return { events, viewers }
}
