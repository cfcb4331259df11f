import type { Range } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { type DaySums, daySumsIn } from './day-sums.ts'
import type { DaySources } from './day-visits.ts'
import type { Chunk } from './fact-reader.ts'
import { type UnpackedSet, ViewerSet } from './viewer-set.ts'

/** Whole days are in the summaries, as far as those reach; the rest is read from the facts. */
export function siteBetween({ facts, summaries }: DaySources, asked: Range): SiteCount {
  const range = facts.rounded(asked)
  const found = new SiteCount()
  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.of(day, 'sums') : undefined
    if (summary) found.addDay(daySumsIn(summary), summaries.viewerSet(day))
    facts.scanDay(day, range, ['viewer'], (chunk) => found.addFacts(chunk), summary?.parts)
  }
  return found
}

class SiteCount {
  events = 0
  readonly viewers = new ViewerSet()

  addDay({ rows, count }: DaySums, viewers: UnpackedSet): void {
    for (let row = 0; row < rows; row++) this.events += count[row] as number
    this.viewers.addUnpacked(viewers)
  }

  addFacts({ rows, viewer }: Chunk<'viewer'>): void {
    this.events += rows
    for (let row = 0; row < rows; row++) if (viewer[row] !== 0) this.viewers.add(viewer[row] as number)
  }
}
