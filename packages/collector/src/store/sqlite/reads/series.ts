import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, dayOf, hasWholeDay } from '../days.ts'
import { daySumsIn } from '../facts/day-sums.ts'
import { unpackEntitySums } from '../facts/entity-sums.ts'
import { type Chunk, placesOf } from '../facts/fact-reader.ts'
import { slotMs, slotsIn } from '../facts/slot-counts.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import { any } from '../facts/viewer-sets.ts'
import type { Read } from './context.ts'
import { CompiledScope, flagsOf } from './scope.ts'

const columns = ['time', 'type', 'entity', 'viewer'] as const

/**
 * A day that lies in one bucket is in its summary, as far as that reaches. Of other days the events are in the summary,
 * too, where its buckets begin with slots; their viewers are read from the facts. Single entities have their own sums
 * and viewers by day.
 */
export const series: Read<ReadQuery<'series'>, ReadAnswer<'series'>> = (
  { facts, summaries, entityViewers, frozen, names },
  { scope, edges: asked },
) => {
  const meant = new CompiledScope(scope, names)
  const range = facts.rounded({ from: asked[0] ?? 0, to: asked.at(-1) ?? 0 })
  const edges = [...asked.slice(0, -1), range.to]
  const buckets = new Buckets(edges, meant)
  /** Of the entities that are meant, once they are asked for. */
  let viewersByDay: Map<number, number[]> | undefined
  const isThis = meant.entities && flagsOf(meant.entities)
  /** Days on which a bucket begins within a slot. */
  const cutsSlots = new Set(edges.filter((edge) => edge % slotMs !== 0).map(dayOf))

  for (const day of facts.days(range)) {
    const begin = day * dayMs
    const bucket = bucketOf(edges, Math.max(begin, range.from))
    buckets.settleBefore(bucket)
    const isOneBucket = begin + dayMs <= (edges[bucket + 1] as number)
    const parts = hasWholeDay(range, day) ? addSummary(day, bucket, isOneBucket) : undefined
    const firstPart = isOneBucket ? parts : 0
    const addFacts = (chunk: Chunk<(typeof columns)[number]>) => {
      buckets.addFacts(chunk, bucket, parts !== undefined && chunk.part < parts)
    }
    if (isThis) {
      const aboutThese = ({ entity }: Chunk<'entity'>) => placesOf(entity, isThis)
      facts.scanDayWhere(day, range, ['entity'], aboutThese, columns, addFacts, firstPart)
    } else {
      facts.scanDay(day, range, columns, addFacts, firstPart)
    }
  }
  buckets.settleBefore(edges.length)
  addFrozen()
  return buckets.all

  /** Returns the first part of the day that its summary does not cover, where it has one that helps. */
  function addSummary(day: number, bucket: number, isOneBucket: boolean): number | undefined {
    if (isThis) return isOneBucket ? addEntities(day, bucket, isThis) : undefined
    if (!isOneBucket && cutsSlots.has(day)) return undefined
    const summary = summaries.of(day, isOneBucket ? 'sums' : 'slots')
    if (!summary) return undefined
    if (!isOneBucket) {
      for (const { type, entityType, counts } of slotsIn(summary)) {
        if (meant.hasTypes(type, entityType)) buckets.addSlots(day, counts)
      }
      return summary.parts
    }
    const { rows, type, entityType, count } = daySumsIn(summary)
    for (let row = 0; row < rows; row++) {
      if (meant.hasTypes(type[row] as number, entityType[row] as number))
        buckets.at(bucket).count += count[row] as number
    }
    addViewers(day, bucket, facts.hasPartsFrom(day, summary.parts))
    return summary.parts
  }

  function addEntities(day: number, bucket: number, isThis: Uint8Array): number | undefined {
    const summary = day < frozen.end ? undefined : summaries.of(day, 'entities')
    if (!summary) return undefined
    let events = 0
    for (const sums of unpackEntitySums(summary.data, (type) => meant.hasType(type))) {
      const { rows, count } = sums.of(isThis)
      // Whoever did only what is over a client's cap is not among the viewers of the entity.
      if (sums.isOverCap && rows > 0) return undefined
      for (let row = 0; row < rows; row++) events += count[row] as number
    }
    buckets.at(bucket).count += events
    viewersByDay ??= viewersOf(meant.entities ?? [])
    for (const viewer of viewersByDay.get(day) ?? []) buckets.setOf(bucket).add(viewer)
    return summary.parts
  }

  function viewersOf(entities: readonly number[]): Map<number, number[]> {
    const found = new Map<number, number[]>()
    const [first, last] = [dayOf(range.from), dayOf(range.to)]
    for (const entity of entities) {
      for (const type of entityViewers.types(entity).filter((type) => meant.hasType(type))) {
        entityViewers.visit(entity, type, first, last, (day, viewer) => {
          const viewers = found.get(day)
          if (viewers) viewers.push(viewer)
          else found.set(day, [viewer])
        })
      }
    }
    return found
  }

  /** Where a bucket is one day, and all that is meant is one set, its size is known: nobody need be told apart. */
  function addViewers(day: number, bucket: number, hasMore: boolean): void {
    const types = meant.types ?? [any]
    const entityType = meant.entityType ?? any
    const isWholeBucket = edges[bucket] === day * dayMs && edges[bucket + 1] === (day + 1) * dayMs
    if (types.length === 1 && isWholeBucket && !hasMore) {
      buckets.at(bucket).unique = summaries.viewerCount(day, types[0], entityType) ?? 0
      return
    }
    for (const type of types) buckets.setOf(bucket).addUnpacked(summaries.viewerSet(day, type, entityType))
  }

  /** Of a frozen day all viewers are in the bucket in which it begins. */
  function addFrozen(): void {
    const types = meant.types ?? [0]
    const days = meant.entities
      ? frozen.ofEntities(meant.entities, types, range)
      : frozen.ofTypes(types, meant.types ? meant.entityType : undefined, range)
    for (const { day, viewers } of days)
      buckets.at(bucketOf(edges, Math.max(day * dayMs, range.from))).unique += viewers
  }
}

/** What happened from each edge to the next. */
class Buckets {
  readonly all: { count: number; unique: number }[]
  readonly #edges: readonly number[]
  readonly #meant: CompiledScope
  readonly #sets = new Map<number, ViewerSet>()

  constructor(edges: readonly number[], meant: CompiledScope) {
    this.#edges = edges
    this.#meant = meant
    this.all = edges.slice(1).map(() => ({ count: 0, unique: 0 }))
  }

  at(bucket: number): { count: number; unique: number } {
    return this.all[bucket] as { count: number; unique: number }
  }

  setOf(bucket: number): ViewerSet {
    let set = this.#sets.get(bucket)
    if (!set) {
      set = new ViewerSet()
      this.#sets.set(bucket, set)
    }
    return set
  }

  /** Days come in their order: who was seen in an earlier bucket need not be remembered any more. */
  settleBefore(bucket: number): void {
    for (const [index, set] of this.#sets) {
      if (index >= bucket) continue
      this.at(index).unique = set.size
      this.#sets.delete(index)
    }
  }

  addSlots(day: number, counts: Uint32Array): void {
    for (let slot = 0; slot < counts.length; slot++) {
      const count = counts[slot] as number
      if (count !== 0) this.at(bucketOf(this.#edges, day * dayMs + slot * slotMs)).count += count
    }
  }

  /**
   * @param first in which bucket the day begins
   * @param isCounted whether the events are in already, and only those behind them are looked for
   */
  addFacts(chunk: Chunk<(typeof columns)[number]>, first: number, isCounted: boolean): void {
    const { day, rows, time, type, entity, viewer } = chunk
    const [edges, meant, begin] = [this.#edges, this.#meant, day * dayMs]
    // Rows are nearly in the order of time: the bucket of one is that of the last, or close to it.
    let bucket = first
    let set = this.setOf(bucket)
    for (let row = 0; row < rows; row++) {
      if (!meant.has(type[row] as number, entity[row] as number)) continue
      const instant = begin + (time[row] as number)
      const last = bucket
      while (instant < (edges[bucket] as number)) bucket--
      while (instant >= (edges[bucket + 1] as number)) bucket++
      if (bucket !== last) set = this.setOf(bucket)
      if (!isCounted) this.at(bucket).count++
      if (viewer[row] !== 0) set.add(viewer[row] as number)
    }
  }
}

/** The bucket in which an instant lies: the last one that does not begin after it. */
export function bucketOf(edges: readonly number[], instant: number): number {
  let low = 0
  let high = edges.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((edges[middle] as number) <= instant) low = middle
    else high = middle - 1
  }
  return low
}
