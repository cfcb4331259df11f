import type { FunnelStep, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { FactColumn } from '../facts/fact.ts'
import { timeOrder } from '../facts/time-order.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read } from './context.ts'
import type { Names } from './names.ts'

/**
 * Of each viewer and step the latest start from which that step was reached is remembered, and nothing else: whatever
 * an earlier start can still reach, the latest one can, too, for its time ends later. An event takes the start of the
 * step before it on to its own, the last step first, so that it never stands for two of them. One pass over the events
 * in the order of time is thus exact.
 *
 * Most events of a day need no order: those of viewers who did nothing but begin, of whom the last start counts; of
 * those who have not begun within the window; and of those who were through before.
 */
export const funnel: Read<ReadQuery<'funnel'>, ReadAnswer<'funnel'>> = (
  { facts, names },
  { steps, windowMs, range },
) => {
  const compiled = compileSteps(steps, names)
  const columns: FactColumn[] = ['time', 'type', 'viewer']
  if (compiled.isNarrow) columns.push('entity', 'surface')
  const size = steps.length
  const starts = new Float64Array((names.lastViewer + 1) * size)
  const reached = steps.map(() => new ViewerSet())
  const through = reached.at(-1) as ViewerSet
  /** Who began on each of the days from which an attempt can still go on. */
  const begun: { day: number; viewers: ViewerSet }[] = []
  const rows = new DayRows()

  for (const day of facts.days(range)) {
    rows.clear()
    facts.scanDay(day, range, columns, (chunk) => {
      const { time, type, viewer } = chunk
      for (let row = 0; row < chunk.rows; row++) {
        let mask = compiled.ofType[type[row] as number] ?? 0
        if (mask === 0 || viewer[row] === 0) continue
        if (compiled.isNarrow) mask = compiled.narrow(mask, chunk.entity[row] as number, chunk.surface[row] as number)
        if (mask !== 0) rows.add(time[row] as number, viewer[row] as number, mask)
      }
    })
    if (rows.size === 0) continue
    const began = rows.viewersWith(1)
    reached[0]?.addAll(began)
    begun.push({ day, viewers: began })
    while (((begun[0] as (typeof begun)[0]).day + 1) * dayMs + windowMs < day * dayMs) begun.shift()
    settle(day * dayMs)
    walk(day * dayMs)
  }
  return reached.map((viewers) => viewers.size)

  /** Leaves the rows that need an order. */
  function settle(begin: number): void {
    const goesOn = rows.viewersWith(~1)
    const canGoOn = new ViewerSet()
    for (const { viewers } of begun) canGoOn.addAll(viewers)
    rows.keep((time, viewer) => {
      if (through.has(viewer)) return false
      if (goesOn.has(viewer)) return canGoOn.has(viewer)
      starts[viewer * size] = Math.max(starts[viewer * size] as number, begin + time)
      return false
    })
  }

  function walk(begin: number): void {
    const order = timeOrder(rows.time, rows.size)
    for (let n = 0; n < order.length; n++) {
      const row = order[n] as number
      const viewer = rows.viewer[row] as number
      const mask = rows.mask[row] as number
      const at = begin + (rows.time[row] as number)
      const first = viewer * size
      for (let step = size - 1; step > 0; step--) {
        if (((mask >>> step) & 1) === 0) continue
        const start = starts[first + step - 1] as number
        // No start is 0, which is longer ago than any window.
        if (at - start > windowMs || start <= (starts[first + step] as number)) continue
        starts[first + step] = start
        reached[step]?.add(viewer)
      }
      if ((mask & 1) !== 0) starts[first] = at
    }
  }
}

interface CompiledSteps {
  /** By event type: a bit for each step that it may stand for. */
  ofType: Uint16Array
  /** Whether a step asks for more than an event type. */
  isNarrow: boolean
  /** Those of the steps that this entity and this surface are right for. */
  narrow(mask: number, entity: number, surface: number): number
}

function compileSteps(steps: readonly FunnelStep[], names: Names): CompiledSteps {
  const wanted = steps.map(({ eventType, entityType, surface }) => ({
    type: names.id(eventType),
    entityType: entityType === undefined ? undefined : (names.id(entityType) ?? Number.NaN),
    surface: surface === undefined ? undefined : (names.id(surface) ?? Number.NaN),
  }))
  const ofType = new Uint16Array(wanted.reduce((top, { type = 0 }) => Math.max(top, type), 0) + 1)
  for (const [step, { type }] of wanted.entries()) if (type !== undefined) (ofType[type] as number) |= 1 << step
  const entityTypes = names.entityTypes
  return {
    ofType,
    isNarrow: wanted.some(({ entityType, surface }) => entityType !== undefined || surface !== undefined),
    narrow(mask, entity, surface) {
      let left = mask
      for (let step = 0; step < wanted.length; step++) {
        const want = wanted[step] as (typeof wanted)[number]
        if (want.entityType !== undefined && entityTypes[entity] !== want.entityType) left &= ~(1 << step)
        if (want.surface !== undefined && surface !== want.surface) left &= ~(1 << step)
      }
      return left
    },
  }
}

/** What one day has of the events that are steps. */
class DayRows {
  size = 0
  time = new Uint32Array(4096)
  viewer = new Uint32Array(4096)
  mask = new Uint16Array(4096)

  add(time: number, viewer: number, mask: number): void {
    if (this.size === this.time.length) this.#grow()
    this.time[this.size] = time
    this.viewer[this.size] = viewer
    this.mask[this.size++] = mask
  }

  clear(): void {
    this.size = 0
  }

  /** Those with a row that stands for one of some steps. */
  viewersWith(mask: number): ViewerSet {
    const viewers = new ViewerSet()
    for (let row = 0; row < this.size; row++) {
      if (((this.mask[row] as number) & mask) !== 0) viewers.add(this.viewer[row] as number)
    }
    return viewers
  }

  /** Drops the rows for which a function says no. */
  keep(isKept: (time: number, viewer: number) => boolean): void {
    const { size, time, viewer, mask } = this
    this.size = 0
    for (let row = 0; row < size; row++) {
      if (!isKept(time[row] as number, viewer[row] as number)) continue
      time[this.size] = time[row] as number
      viewer[this.size] = viewer[row] as number
      mask[this.size++] = mask[row] as number
    }
  }

  #grow(): void {
    const { time, viewer, mask } = this
    this.time = new Uint32Array(this.size * 2)
    this.time.set(time)
    this.viewer = new Uint32Array(this.size * 2)
    this.viewer.set(viewer)
    this.mask = new Uint16Array(this.size * 2)
    this.mask.set(mask)
  }
}
