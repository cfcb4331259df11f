import type { Range } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import type { DaySummaries } from './day-summaries.ts'
import type { FactReader } from './fact-reader.ts'
import { type VisitRows, Visits, visitColumns, visitsIn } from './visits.ts'

/** Where days are read from. */
export interface DaySources {
  facts: FactReader
  summaries: DaySummaries
}

/** The visits of a day: those that are kept, where the range has the whole of it, and what the rest of the facts comes to. */
export interface DayVisits {
  kept: VisitRows | undefined
  rest: VisitRows
}

export function visitsOf({ facts, summaries }: DaySources, day: number, range: Range): DayVisits {
  const summary = hasWholeDay(range, day) ? summaries.of(day, 'visits') : undefined
  const rest = new Visits()
  facts.scanDay(day, range, visitColumns, (chunk) => rest.add(chunk), summary?.parts)
  return { kept: summary && visitsIn(summary), rest: rest.sorted() }
}

/** How a visit came, and who it was, column by column. */
export interface VisitOrigins {
  viewer: Uint32Array
  session: Uint32Array
  channel: Uint32Array
  campaign: Uint32Array
}

const originsOf = (visits: VisitRows): VisitOrigins => ({
  viewer: visits.column('viewer'),
  session: visits.column('session'),
  channel: visits.column('channel'),
  campaign: visits.column('campaign'),
})

/**
 * Takes the visits of a day in the order of their touches, from one on and before another. The rest is little as a rule,
 * and what lies between two of its rows is taken at once.
 */
export function inOrder(
  { kept, rest }: DayVisits,
  take: (visits: VisitOrigins, begin: number, end: number) => void,
): { kept: VisitOrigins | undefined; rest: VisitOrigins } {
  const origins = { kept: kept && originsOf(kept), rest: originsOf(rest) }
  if (!kept || !origins.kept) {
    take(origins.rest, 0, rest.rows)
    return origins
  }
  const times = rest.rows === 0 ? undefined : kept.times()
  const later = rest.times()
  let at = 0
  for (let row = 0; times && row < rest.rows; row++) {
    const begin = at
    while (at < kept.rows && (times[at] as number) <= (later[row] as number)) at++
    take(origins.kept, begin, at)
    take(origins.rest, row, row + 1)
  }
  take(origins.kept, at, kept.rows)
  return origins
}
