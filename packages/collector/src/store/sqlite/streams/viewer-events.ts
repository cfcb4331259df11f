import type { Range, Scope } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { FactColumn } from '../facts/fact.ts'
import { type Chunk, type Numbers, placesWhere } from '../facts/fact-reader.ts'
import { timeOrder } from '../facts/time-order.ts'
import type { ReadContext } from '../reads/context.ts'
import { CompiledScope } from '../reads/scope.ts'

/** Events that are held at once, unless one viewer alone has more: some 60 bytes each. */
const maxSliceRows = 1_000_000

/** All that some viewers did. */
export interface ViewerEvents<Name extends FactColumn> {
  /** The rows by viewer, of each in the order of time; at the same instant in that of the log. */
  order: Uint32Array
  viewer: Uint32Array
  at: Float64Array
  columns: Record<Name, Numbers>
}

/**
 * The events of a scope by viewer, some viewers at a time. The facts lie by day, so they are gone through once for each
 * slice; in return, what is held at once does not grow with them.
 */
export function* eventsByViewer<Name extends FactColumn>(
  { facts, names }: ReadContext,
  { scope, range }: { scope: Scope; range: Range },
  columnNames: readonly Name[],
  sliceRows = maxSliceRows,
): Generator<ViewerEvents<Name>> {
  const meant = new CompiledScope(scope, names)
  const counts = countRows()
  for (let first = 1; first < counts.length; ) {
    let rows = counts[first] as number
    let end = first + 1
    while (end < counts.length && rows + (counts[end] as number) <= sliceRows) rows += counts[end++] as number
    if (rows > 0) yield sliceOf(first, end, rows)
    first = end
  }

  function countRows(): Uint32Array {
    const found = new Uint32Array(names.lastViewer + 1)
    facts.scan(range, ['type', 'entity', 'viewer'], ({ rows, type, entity, viewer }) => {
      for (let row = 0; row < rows; row++) {
        if (meant.has(type[row] as number, entity[row] as number)) (found[viewer[row] as number] as number)++
      }
    })
    return found
  }

  function sliceOf(first: number, end: number, rows: number): ViewerEvents<Name> {
    const viewer = new Uint32Array(rows)
    const at = new Float64Array(rows)
    const columns = Object.fromEntries(columnNames.map((name) => [name, new Uint32Array(rows)])) as Record<
      Name,
      Numbers
    >
    const inTime = new Uint32Array(rows)
    const needed = [...new Set<FactColumn>(['time', 'viewer', ...columnNames])]
    const areMeant = (chunk: Chunk<'type' | 'entity' | 'viewer'>) =>
      placesWhere(chunk.rows, (row) => {
        const who = chunk.viewer[row] as number
        return who >= first && who < end && meant.has(chunk.type[row] as number, chunk.entity[row] as number)
      })
    let size = 0
    for (const day of facts.days(range)) {
      const begin = size
      facts.scanDayWhere(day, range, ['type', 'entity', 'viewer'], areMeant, needed, (chunk) => {
        viewer.set(chunk.viewer, size)
        for (let row = 0; row < chunk.rows; row++) at[size + row] = day * dayMs + (chunk.time[row] as number)
        for (const name of columnNames) {
          // Only few columns have numbers that are not whole ones below 2³².
          if (chunk[name] instanceof Float64Array) columns[name] = wide(columns[name])
          columns[name].set(chunk[name], size)
        }
        size += chunk.rows
      })
      const time = Uint32Array.from(at.subarray(begin, size), (instant) => instant - day * dayMs)
      const order = timeOrder(time, size - begin)
      for (let n = 0; n < order.length; n++) inTime[begin + n] = begin + (order[n] as number)
    }
    return { order: byViewer(viewer, inTime, first, end), viewer, at, columns }
  }

  function byViewer(viewer: Uint32Array, inTime: Uint32Array, first: number, end: number): Uint32Array {
    const next = new Uint32Array(end - first)
    for (let n = 1; n < next.length; n++) next[n] = (next[n - 1] as number) + (counts[first + n - 1] as number)
    const order = new Uint32Array(inTime.length)
    for (const row of inTime) {
      const place = (viewer[row] as number) - first
      order[next[place] as number] = row
      ;(next[place] as number)++
    }
    return order
  }
}

const wide = (column: Numbers): Float64Array => (column instanceof Float64Array ? column : Float64Array.from(column))
