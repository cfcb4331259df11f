import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { flags } from '../facts/fact.ts'
import { eachSlot } from '../facts/slot-sums.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read } from './context.ts'
import { compileScope, flagsOf } from './scope.ts'
import { lastType, TypeSums } from './type-sums.ts'

const columns = ['type', 'entity', 'viewer', 'flags', 'duration'] as const

/** Whole days are in the summaries, as far as those reach; the rest is read from the facts. */
export const activity: Read<ReadQuery<'activity'>, ReadAnswer<'activity'>> = (
  { facts, summaries, frozen, names },
  { scope, range, roles },
) => {
  const meant = compileScope(scope, names)
  const viewTypes = names.ids(roles.view ?? [])
  const isView = flagsOf(viewTypes)
  const sums = new TypeSums(lastType(roles, names))
  const viewers = new ViewerSet()

  for (const day of facts.days(range)) {
    const isWhole = range.from <= day * dayMs && (day + 1) * dayMs <= range.to
    const slots = isWhole && !meant.entities ? summaries.of(day, 'slots') : undefined
    const sets =
      slots && summaries.viewers(day, (type, entityType) => isView[type] === 1 && meant.hasTypes(type, entityType))
    if (slots && sets) {
      eachSlot(slots.data, ({ type, entityType, count, completed, durationMs }) => {
        if (meant.hasTypes(type, entityType)) sums.add(type, count, completed, durationMs)
      })
      for (const set of sets.sets) viewers.addPacked(set)
    }
    facts.scanDay(
      day,
      range,
      columns,
      ({ rows, type, entity, viewer, flags: bits, duration }) => {
        for (let row = 0; row < rows; row++) {
          const id = type[row] as number
          if (!meant.has(id, entity[row] as number)) continue
          sums.add(id, 1, (bits[row] as number) & flags.completed, duration[row] as number)
          if (isView[id] === 1 && viewer[row] !== 0) viewers.add(viewer[row] as number)
        }
      },
      sets?.parts,
    )
  }
  const anonymous = meant.entities
    ? frozen.ofEntities(meant.entities, viewTypes, range)
    : frozen.ofTypes(viewTypes, meant.entityType, range)
  return {
    tally: sums.tally(roles, names),
    uniqueViewers: viewers.size + anonymous.reduce((sum, each) => sum + each.viewers, 0),
  }
}
