import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { unpackDaySums } from '../facts/day-sums.ts'
import { flags } from '../facts/fact.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import { any } from '../facts/viewer-sets.ts'
import type { Read } from './context.ts'
import { compileScope, flagsOf } from './scope.ts'
import { lastType, TypeSums } from './type-sums.ts'

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

  if (meant.entities) ofEntities(flagsOf(meant.entities))
  else for (const day of facts.days(range)) ofDay(day)

  const frozenViewers = meant.entities
    ? frozen.ofEntities(meant.entities, viewTypes, range)
    : frozen.ofTypes(viewTypes, meant.entityType, range)
  return {
    tally: sums.tally(roles, names),
    uniqueViewers: viewers.size + frozenViewers.reduce((sum, each) => sum + each.viewers, 0),
  }

  function ofEntities(entities: Uint8Array): void {
    facts.scanEntities(range, entities, ['type', 'viewer', 'flags', 'duration'], (chunk) => {
      const { rows, type, viewer, flags: bits, duration } = chunk
      for (let row = 0; row < rows; row++) {
        const id = type[row] as number
        if (meant.hasType(id)) add(id, viewer[row] as number, bits[row] as number, duration[row] as number)
      }
    })
  }

  function ofDay(day: number): void {
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole ? summaries.of(day, 'sums') : undefined
    if (summary) {
      const { rows, type, entityType, count, completed, durationMs } = unpackDaySums(summary.data)
      for (let row = 0; row < rows; row++) {
        if (!meant.hasTypes(type[row] as number, entityType[row] as number)) continue
        sums.add(type[row] as number, count[row] as number, completed[row] as number, durationMs[row] as number)
      }
      for (const type of viewTypes) {
        const set = meant.hasType(type) ? summaries.viewerSet(day, type, meant.entityType ?? any) : undefined
        if (set) viewers.addPacked(set)
      }
    }
    facts.scanDay(
      day,
      range,
      ['type', 'entity', 'viewer', 'flags', 'duration'],
      ({ rows, type, entity, viewer, flags: bits, duration }) => {
        for (let row = 0; row < rows; row++) {
          const id = type[row] as number
          if (!meant.has(id, entity[row] as number)) continue
          add(id, viewer[row] as number, bits[row] as number, duration[row] as number)
        }
      },
      summary?.parts,
    )
  }

  function add(type: number, viewer: number, bits: number, durationMs: number): void {
    sums.add(type, 1, (bits & flags.completed) === 0 ? 0 : 1, durationMs)
    if (isView[type] === 1 && viewer !== 0) viewers.add(viewer)
  }
}
