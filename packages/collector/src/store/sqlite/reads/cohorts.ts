import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'

/** Whom a frozen day had seen is not known any more: there, everybody is new who comes after it. */
export const cohorts: Read<ReadQuery<'cohorts'>, ReadAnswer<'cohorts'>> = (context, { edges }) => {
  const seenBefore = viewersBetween(context, 0, edges[0] ?? 0)
  const seen = edges.slice(1).map((to, n) => viewersBetween(context, edges[n] as number, to))
  return seen.map((viewers, n) => {
    const fresh = viewers.without(seenBefore)
    seenBefore.addAll(viewers)
    return seen.slice(n).map((later) => fresh.sharedWith(later))
  })
}

function viewersBetween({ facts, summaries, frozen }: ReadContext, from: number, to: number): ViewerSet {
  const viewers = new ViewerSet()
  const range = facts.rounded({ from: Math.max(from, frozen.end * dayMs), to })
  for (const day of facts.days(range)) {
    const isWhole = hasWholeDay(range, day)
    // What is kept of a day covers the same parts, whatever it is.
    const parts = isWhole ? summaries.of(day, 'sums')?.parts : undefined
    const set = parts === undefined ? undefined : summaries.viewerSet(day)
    if (set) viewers.addPacked(set)
    facts.scanDay(
      day,
      range,
      ['viewer'],
      ({ rows, viewer }) => {
        for (let row = 0; row < rows; row++) if (viewer[row] !== 0) viewers.add(viewer[row] as number)
      },
      parts,
    )
  }
  return viewers
}
