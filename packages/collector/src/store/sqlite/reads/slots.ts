import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import { type SlotCounts, slotMs, slotsIn, slotsOfDay } from '../facts/slot-counts.ts'
import type { Read } from './context.ts'
import { CompiledScope } from './scope.ts'

export const slots: Read<ReadQuery<'slots'>, ReadAnswer<'slots'>> = (
  { facts, summaries, names },
  { scope, range: asked },
) => {
  const range = facts.rounded(asked)
  const meant = new CompiledScope(scope, names)
  const starts: number[] = []
  const found: number[] = []
  for (const day of facts.days(range)) {
    const of = new DaySlots(meant)
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole && !meant.entities ? summaries.of(day, 'slots') : undefined
    if (summary) of.addSlots(slotsIn(summary))
    facts.scanDay(day, range, ['time', 'type', 'entity'], (chunk) => of.addFacts(chunk), summary?.parts)
    for (let slot = 0; slot < slotsOfDay; slot++) {
      const count = of.counts[slot] as number
      if (count === 0) continue
      starts.push(day * dayMs + slot * slotMs)
      found.push(count)
    }
  }
  return { starts: Float64Array.from(starts), counts: Float64Array.from(found) }
}

class DaySlots {
  readonly counts = new Float64Array(slotsOfDay)
  readonly #meant: CompiledScope

  constructor(meant: CompiledScope) {
    this.#meant = meant
  }

  addSlots(slots: Iterable<SlotCounts>): void {
    for (const { type, entityType, counts } of slots) {
      if (!this.#meant.hasTypes(type, entityType)) continue
      for (let slot = 0; slot < slotsOfDay; slot++) (this.counts[slot] as number) += counts[slot] as number
    }
  }

  addFacts({ rows, time, type, entity }: Chunk<'time' | 'type' | 'entity'>): void {
    const [counts, meant] = [this.counts, this.#meant]
    for (let row = 0; row < rows; row++) {
      if (!meant.has(type[row] as number, entity[row] as number)) continue
      ;(counts[Math.floor((time[row] as number) / slotMs)] as number)++
    }
  }
}
