import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { type DaySums, daySumsIn } from '../facts/day-sums.ts'
import { unpackEntitySums } from '../facts/entity-sums.ts'
import { type Chunk, placesOf } from '../facts/fact-reader.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import { any } from '../facts/viewer-sets.ts'
import type { Read, ReadContext } from './context.ts'
import { CompiledScope, flagsOf } from './scope.ts'
import { completedIn, lastType, TypeSums } from './type-sums.ts'

type Query = ReadQuery<'activity'>

/** Whole days are in the summaries, as far as those reach; the rest is read from the facts. */
export const activity: Read<Query, ReadAnswer<'activity'>> = (context, query) => {
  const { facts, frozen, names } = context
  const range = facts.rounded(query.range)
  const meant = new CompiledScope(query.scope, names)
  const viewTypes = names.ids(query.roles.view ?? [])
  const gathered = new Gathered(meant, viewTypes, lastType(query.roles, names))

  if (meant.entities) gatherEntities(context, meant.entities, range, gathered)
  else gatherSite(context, range, gathered)

  const frozenViewers = meant.entities
    ? frozen.ofEntities(meant.entities, viewTypes, range)
    : frozen.ofTypes(viewTypes, meant.entityType, range)
  return {
    tally: gathered.sums.tally(query.roles, names),
    uniqueViewers: gathered.viewers.size + frozenViewers.reduce((sum, each) => sum + each.viewers, 0),
  }
}

const columns = ['type', 'viewer', 'flags', 'duration'] as const

function gatherSite({ facts, summaries }: ReadContext, range: Query['range'], gathered: Gathered): void {
  const { meant, viewTypes } = gathered
  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.of(day, 'sums') : undefined
    if (summary) {
      gathered.addDaySums(daySumsIn(summary))
      for (const type of viewTypes) {
        gathered.viewers.addUnpacked(summaries.viewerSet(day, type, meant.entityType ?? any))
      }
    }
    if (meant.entityType === undefined) {
      facts.scanDay(day, range, columns, (chunk) => gathered.addTheirFacts(chunk), summary?.parts)
    } else {
      facts.scanDay(day, range, ['entity', ...columns], (chunk) => gathered.addFacts(chunk), summary?.parts)
    }
  }
}

function gatherEntities(
  { facts, summaries, entityViewers, frozen }: ReadContext,
  entities: readonly number[],
  range: Query['range'],
  gathered: Gathered,
): void {
  const { viewTypes, viewers } = gathered
  const isMeant = flagsOf(entities)
  const aboutThese = ({ entity }: Chunk<'entity'>) => placesOf(entity, isMeant)
  const summed: number[] = []
  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.of(day, 'entities') : undefined
    if (summary) {
      if (day >= frozen.end) summed.push(day)
      const hasOverCap = gathered.addEntitySums(summary.data, isMeant)
      if (hasOverCap) {
        facts.scanDayWhere(day, range, ['entity'], aboutThese, ['type', 'viewer'], (chunk) =>
          gathered.addViewers(chunk),
        )
      }
    }
    const addFacts = (chunk: Chunk<(typeof columns)[number]>) => gathered.addTheirFacts(chunk)
    facts.scanDayWhere(day, range, ['entity'], aboutThese, columns, addFacts, summary?.parts)
  }
  const [first, last] = [summed[0], summed.at(-1)]
  if (first === undefined || last === undefined) return
  for (const type of viewTypes) {
    for (const entity of entities) {
      for (const viewer of entityViewers.of(entity, type, first, last)) viewers.add(viewer)
    }
  }
}

/** What was meant, added up. */
class Gathered {
  readonly meant: CompiledScope
  readonly viewTypes: readonly number[]
  readonly sums: TypeSums
  readonly viewers = new ViewerSet()
  /** By event type, as far as they are meant. */
  readonly #isMeant: Uint8Array
  readonly #isView: Uint8Array

  constructor(meant: CompiledScope, viewTypes: readonly number[], lastType: number) {
    this.meant = meant
    this.viewTypes = viewTypes.filter((type) => meant.hasType(type))
    this.sums = new TypeSums(lastType)
    this.#isMeant = Uint8Array.from({ length: lastType + 1 }, (_, type) => (meant.hasType(type) ? 1 : 0))
    this.#isView = flagsOf(this.viewTypes)
  }

  addFacts({ rows, type, entity, viewer, flags: bits, duration }: Chunk<(typeof columns)[number] | 'entity'>): void {
    for (let row = 0; row < rows; row++) {
      const id = type[row] as number
      if (!this.meant.has(id, entity[row] as number)) continue
      this.sums.add(id, 1, completedIn(bits[row] as number), duration[row] as number)
      if (this.#isView[id] === 1 && viewer[row] !== 0) this.viewers.add(viewer[row] as number)
    }
  }

  /** Of facts that are about what is meant for sure. */
  addTheirFacts(chunk: Chunk<(typeof columns)[number]>): void {
    this.sums.addFacts(chunk, this.#isMeant)
    this.addViewers(chunk)
  }

  addViewers({ rows, type, viewer }: Chunk<'type' | 'viewer'>): void {
    const [isView, viewers] = [this.#isView, this.viewers]
    for (let row = 0; row < rows; row++) {
      if (isView[type[row] as number] === 1 && viewer[row] !== 0) viewers.add(viewer[row] as number)
    }
  }

  addDaySums({ rows, type, entityType, count, completed, durationMs }: DaySums): void {
    for (let row = 0; row < rows; row++) {
      if (!this.meant.hasTypes(type[row] as number, entityType[row] as number)) continue
      this.sums.add(type[row] as number, count[row] as number, completed[row] as number, durationMs[row] as number)
    }
  }

  /** Returns whether views of these entities are among those over a client's cap, whose viewers are not kept by entity. */
  addEntitySums(packed: Buffer, entities: Uint8Array): boolean {
    let hasOverCap = false
    for (const each of unpackEntitySums(packed, (type) => this.meant.hasType(type))) {
      const { rows, count, column } = each.of(entities)
      if (rows === 0) continue
      if (each.isOverCap && this.#isView[each.type] === 1) hasOverCap = true
      const completed = column('completed')
      const durationMs = column('durationMs')
      for (let row = 0; row < rows; row++) {
        this.sums.add(each.type, count[row] as number, completed[row] as number, durationMs[row] as number)
      }
    }
    return hasOverCap
  }
}
