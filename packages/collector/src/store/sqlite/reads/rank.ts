import type { RankPlace } from '../../reads.ts'
import { leastOfFirst } from './least-of-first.ts'
import type { Names } from './names.ts'

/** An entity with what it is ranked by, and its views. */
export interface Candidate {
  entity: number
  value: number
  views: number
}

/** The first ones of a ranking, in their order; of those that come after a place. */
export function rank(candidates: readonly Candidate[], limit: number, names: Names, after?: RankPlace): Candidate[] {
  const placed = (candidate: Candidate) => ({ ...candidate, ...names.entityRef(candidate.entity) })
  const isAfter = (candidate: Candidate) => {
    if (!after) return true
    const byNumbers = after.value - candidate.value || after.views - candidate.views
    return byNumbers > 0 || (byNumbers === 0 && comparePlaces(placed(candidate), after) > 0)
  }
  return leading(candidates.filter(isAfter), limit, [({ value }) => value, ({ views }) => views])
    .map(placed)
    .sort(comparePlaces)
    .slice(0, limit)
}

/** Where in the ranking a place lies: below zero when it is before the other. */
export const comparePlaces = (a: RankPlace, b: RankPlace): number =>
  b.value - a.value ||
  b.views - a.views ||
  compareTexts(a.entityId, b.entityId) ||
  compareTexts(a.entityType, b.entityType)

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** All that may be among the first: few enough to look up what they are called. Large numbers come first. */
export function leading(
  candidates: readonly Candidate[],
  limit: number,
  [number, ...others]: readonly ((candidate: Candidate) => number)[],
): readonly Candidate[] {
  if (!number || candidates.length <= limit) return candidates
  const least = leastOfFirst(limit, candidates.map(number))
  const above = candidates.filter((candidate) => number(candidate) > least)
  const level = candidates.filter((candidate) => number(candidate) === least)
  return [...above, ...leading(level, limit - above.length, others)]
}
