import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, dayOf } from '../days.ts'
import { siteBetween } from '../facts/site-count.ts'
import { unpackSet, type ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'

/** Whom a frozen day had seen is not known any more: there, everybody is new who comes after it. */
export const cohorts: Read<ReadQuery<'cohorts'>, ReadAnswer<'cohorts'>> = (context, { edges }) => {
  const seenBefore = viewersBefore(context, edges[0] ?? 0)
  const seen = edges.slice(1).map((to, n) => viewersBetween(context, edges[n] as number, to))
  return seen.map((viewers, n) => {
    const fresh = viewers.without(seenBefore)
    seenBefore.addAll(viewers)
    return seen.slice(n).map((later) => fresh.sharedWith(later))
  })
}

function viewersBefore(context: ReadContext, to: number): ViewerSet {
  const past = context.pasts.seenBefore(dayOf(to))
  const viewers = viewersBetween(context, (past?.before ?? 0) * dayMs, to)
  if (past) viewers.addUnpacked(unpackSet(past.data))
  return viewers
}

function viewersBetween(context: ReadContext, from: number, to: number): ViewerSet {
  return siteBetween(context, { from: Math.max(from, context.frozen.end * dayMs), to }).viewers
}
