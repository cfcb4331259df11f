import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { slotMs, unpackSlotCounts } from '../facts/slot-counts.ts'
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
    const begin = day * dayMs
    const counts = new Float64Array(dayMs / slotMs)
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole && !meant.entities ? summaries.of(day, 'slots') : undefined
    if (summary) {
      for (const { counts: some } of unpackSlotCounts(summary.data, meant)) {
        for (let slot = 0; slot < some.length; slot++) (counts[slot] as number) += some[slot] as number
      }
    }
    facts.scanDay(
      day,
      range,
      ['time', 'type', 'entity'],
      ({ rows, time, type, entity }) => {
        for (let row = 0; row < rows; row++) {
          if (!meant.has(type[row] as number, entity[row] as number)) continue
          ;(counts[Math.floor((time[row] as number) / slotMs)] as number)++
        }
      },
      summary?.parts,
    )
    for (let slot = 0; slot < counts.length; slot++) {
      const count = counts[slot] as number
      if (count === 0) continue
      starts.push(begin + slot * slotMs)
      found.push(count)
    }
  }
  return { starts: Float64Array.from(starts), counts: Float64Array.from(found) }
}
