import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { unpackDaySums } from '../facts/day-sums.ts'
import { unpackEntitySums } from '../facts/entity-sums.ts'
import { flags } from '../facts/fact.ts'
import { type Chunk, placesOf } from '../facts/fact-reader.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import { any } from '../facts/viewer-sets.ts'
import type { Read } from './context.ts'
import { compileScope, flagsOf } from './scope.ts'
import { lastType, TypeSums } from './type-sums.ts'

/** Whole days are in the summaries, as far as those reach; the rest is read from the facts. */
export const activity: Read<ReadQuery<'activity'>, ReadAnswer<'activity'>> = (
  { facts, summaries, entityViewers, frozen, names },
  { scope, range: asked, roles },
) => {
  const range = facts.rounded(asked)
  const meant = compileScope(scope, names)
  const viewTypes = names.ids(roles.view ?? [])
  const isView = flagsOf(viewTypes)
  const sums = new TypeSums(lastType(roles, names))
  const viewers = new ViewerSet()

  if (meant.entities) ofEntities(meant.entities)
  else for (const day of facts.days(range)) ofDay(day)

  const frozenViewers = meant.entities
    ? frozen.ofEntities(meant.entities, viewTypes, range)
    : frozen.ofTypes(viewTypes, meant.entityType, range)
  return {
    tally: sums.tally(roles, names),
    uniqueViewers: viewers.size + frozenViewers.reduce((sum, each) => sum + each.viewers, 0),
  }

  function ofEntities(entities: readonly number[]): void {
    const isMeant = flagsOf(entities)
    const aboutThese = ({ entity }: Chunk<'entity'>) => placesOf(entity, isMeant)
    const summed: number[] = []
    for (const day of facts.days(range)) {
      const summary = hasWholeDay(range, day) ? summaries.of(day, 'entities') : undefined
      if (summary) {
        if (day >= frozen.end) summed.push(day)
        const hasOverCap = addSums(summary.data, isMeant)
        if (hasOverCap) facts.scanDayWhere(day, range, ['entity'], aboutThese, ['type', 'viewer'], addViewers)
      }
      facts.scanDayWhere(
        day,
        range,
        ['entity'],
        aboutThese,
        ['type', 'viewer', 'flags', 'duration'],
        addFacts,
        summary?.parts,
      )
    }
    const [first, last] = [summed[0], summed.at(-1)]
    if (first === undefined || last === undefined) return
    for (const type of viewTypes.filter(meant.hasType)) {
      for (const entity of entities) {
        for (const viewer of entityViewers.of(entity, type, first, last)) viewers.add(viewer)
      }
    }
  }

  /** Returns whether views of these entities are among those over a client's cap, whose viewers are not kept by entity. */
  function addSums(packed: Buffer, entities: Uint8Array): boolean {
    let hasOverCap = false
    for (const each of unpackEntitySums(packed, meant.hasType)) {
      const { entity, count } = each.entities()
      const rows = placesOf(entity, entities)
      if (rows.length === 0) continue
      if (each.isOverCap && isView[each.type] === 1) hasOverCap = true
      const completed = each.column('completed')
      const durationMs = each.column('durationMs')
      for (const row of rows) {
        sums.add(each.type, count[row] as number, completed[row] as number, durationMs[row] as number)
      }
    }
    return hasOverCap
  }

  function addViewers({ rows, type, viewer }: Chunk<'type' | 'viewer'>): void {
    for (let row = 0; row < rows; row++) {
      if (meant.hasType(type[row] as number)) addViewer(type[row] as number, viewer[row] as number)
    }
  }

  function addFacts({
    rows,
    type,
    viewer,
    flags: bits,
    duration,
  }: Chunk<'type' | 'viewer' | 'flags' | 'duration'>): void {
    for (let row = 0; row < rows; row++) {
      const id = type[row] as number
      if (meant.hasType(id)) add(id, viewer[row] as number, bits[row] as number, duration[row] as number)
    }
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
    addViewer(type, viewer)
  }

  function addViewer(type: number, viewer: number): void {
    if (isView[type] === 1 && viewer !== 0) viewers.add(viewer)
  }
}
