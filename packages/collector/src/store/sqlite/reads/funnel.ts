import type { FunnelStep, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { FactColumn } from '../facts/fact.ts'
import { timeOrder } from '../facts/time-order.ts'
import type { Read } from './context.ts'
import type { Names } from './names.ts'

/**
 * Of each viewer and step the latest start from which that step was reached is remembered, and nothing else: whatever
 * an earlier start can still reach, the latest one can, too, for its time ends later. An event takes the start of the
 * step before it on to its own, the last step first, so that it never stands for two of them. One pass over the events
 * in the order of time is thus exact.
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
  const reached = new Uint8Array(names.lastViewer + 1)
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
    walk(day * dayMs)
  }
  return steps.map((_, step) => countAbove(reached, step))

  function walk(begin: number): void {
    for (const row of timeOrder(rows.time, rows.size)) {
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
        if ((reached[viewer] as number) <= step) reached[viewer] = step + 1
      }
      if ((mask & 1) === 0) continue
      starts[first] = at
      if (reached[viewer] === 0) reached[viewer] = 1
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

function countAbove(values: Uint8Array, limit: number): number {
  let count = 0
  for (let n = 0; n < values.length; n++) if ((values[n] as number) > limit) count++
  return count
}
