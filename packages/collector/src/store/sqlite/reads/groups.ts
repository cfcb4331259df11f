import type { Role } from '@tallymark/schemas'
import type { Group, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { type FactColumn, flags } from '../facts/fact.ts'
import type { Read } from './context.ts'
import { PerNumber, readerOf } from './dimensions.ts'
import { DistinctPairs } from './distinct-pairs.ts'
import { flagsOf } from './scope.ts'
import { bucketOf } from './series.ts'

/** What is counted of a group, beside its distinct viewers and sessions. */
type Sums = Omit<Group, 'bucket' | 'key' | 'viewers' | 'viewersOfViews' | 'sessions'>

/** Nothing is known of who frozen days are about: their events count, their viewers and sessions do not. */
export const groups: Read<ReadQuery<'groups'>, ReadAnswer<'groups'>> = (context, query) => {
  const { facts, names } = context
  const { edges, roles, maxGroups } = query
  const axes = query.dimensions.map((dimension) => new Axis(readerOf(dimension, context)))
  const conditions = query.filters.map(({ dimension, values }) => {
    const { column, read } = readerOf(dimension, context)
    return { column, meets: new PerNumber((number) => Number(values.includes(read(number)))) }
  })
  const columns: FactColumn[] = ['time', 'type', 'flags', 'duration', 'viewer', 'session']
  for (const { column } of [...axes, ...conditions]) if (!columns.includes(column)) columns.push(column)
  const roleOf = rolesByType(roles, (types) => names.ids(types))
  const isTimed = flagsOf(names.ids([roles.view, roles.complete, roles.skip].flatMap((types) => types ?? [])))
  const isView = flagsOf(names.ids(roles.view ?? []))
  const tree = new GroupTree(axes.length)
  const sums: Sums[] = []
  const viewers = new DistinctPairs()
  const viewersOfViews = new DistinctPairs()
  const sessions = new DistinctPairs()
  const isBucketed = edges.length > 2

  facts.scan({ from: edges[0] ?? 0, to: edges.at(-1) ?? 0 }, columns, (chunk) => {
    // Whoever asks for too much hears so; it need not be counted.
    if (tree.size > maxGroups) return
    const { time, type, flags: bits, duration, viewer, session } = chunk
    const begin = chunk.day * dayMs
    rows: for (let row = 0; row < chunk.rows; row++) {
      for (const { column, meets } of conditions) if (meets.of(chunk[column][row] as number) === 0) continue rows
      let path = isBucketed ? bucketOf(edges, begin + (time[row] as number)) : 0
      for (let n = 0; n < axes.length; n++) {
        const axis = axes[n] as Axis
        path = tree.step(n, path, axis.code(chunk[axis.column][row] as number))
      }
      const group = tree.group(path)
      if (group === sums.length) sums.push({ events: 0, counts: {}, completedViews: 0, watchTimeMs: 0 })
      const sum = sums[group] as Sums
      const kind = type[row] as number
      const role = roleOf[kind]
      sum.events++
      if (role !== undefined) sum.counts[role] = (sum.counts[role] ?? 0) + 1
      if (isTimed[kind] === 1) sum.watchTimeMs += duration[row] as number
      if (viewer[row] !== 0) viewers.add(group, viewer[row] as number)
      if (session[row] !== 0) sessions.add(group, session[row] as number)
      if (isView[kind] !== 1) continue
      if (((bits[row] as number) & flags.completed) !== 0) sum.completedViews++
      if (viewer[row] !== 0) viewersOfViews.add(group, viewer[row] as number)
    }
  })
  if (tree.size > maxGroups) return { groups: [], isComplete: false }
  const distinct = [viewers, viewersOfViews].map((pairs) => pairs.count(sums.length, names.lastViewer))
  const visits = sessions.count(sums.length, names.lastSession)
  return {
    isComplete: true,
    groups: sums.map((sum, group) => {
      const { start, codes } = tree.keyOf(group)
      return {
        ...sum,
        bucket: start,
        key: codes.map((code, n) => (axes[n] as Axis).value(code)),
        viewers: distinct[0]?.[group] ?? 0,
        viewersOfViews: distinct[1]?.[group] ?? 0,
        sessions: visits[group] ?? 0,
      }
    }),
  }
}

/** A dimension's values, numbered as they are first seen. */
class Axis {
  readonly column: FactColumn
  readonly #values: (string | null)[] = []
  readonly #codes = new Map<string | null, number>()
  readonly #ofNumber: PerNumber

  constructor({ column, read }: ReturnType<typeof readerOf>) {
    this.column = column
    this.#ofNumber = new PerNumber((number) => this.#codeOf(read(number)))
  }

  code(number: number): number {
    return this.#ofNumber.of(number)
  }

  value(code: number): string | null {
    return this.#values[code] ?? null
  }

  #codeOf(value: string | null): number {
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    const code = this.#values.push(value) - 1
    this.#codes.set(value, code)
    return code
  }
}

/** Codes stay below this: there are as many values of a dimension at most as numbers of its column. */
const maxCodes = 2 ** 26

/** From a path and a code to the next path, and back. */
interface Step {
  known: Map<number, number>
  origins: { path: number; code: number }[]
}

/** Numbers for combinations of values: each step goes from what came before to it and the next value together. */
class GroupTree {
  readonly #steps: readonly Step[]
  readonly #groups = new Map<number, number>()
  readonly #paths: number[] = []

  constructor(depth: number) {
    this.#steps = Array.from({ length: depth }, () => ({ known: new Map(), origins: [] }))
  }

  /** Groups that there are by now. */
  get size(): number {
    return this.#paths.length
  }

  step(depth: number, path: number, code: number): number {
    const { known, origins } = this.#steps[depth] as Step
    const key = path * maxCodes + code
    let next = known.get(key)
    if (next === undefined) {
      next = origins.push({ path, code }) - 1
      known.set(key, next)
    }
    return next
  }

  group(path: number): number {
    let group = this.#groups.get(path)
    if (group === undefined) {
      group = this.#paths.push(path) - 1
      this.#groups.set(path, group)
    }
    return group
  }

  keyOf(group: number): { start: number; codes: number[] } {
    const codes: number[] = []
    let path = this.#paths[group] as number
    for (const { origins } of this.#steps.toReversed()) {
      const origin = origins[path] as (typeof origins)[number]
      codes.unshift(origin.code)
      path = origin.path
    }
    return { start: path, codes }
  }
}

function rolesByType(
  roles: ReadQuery<'groups'>['roles'],
  ids: (types: readonly string[]) => number[],
): (Role | undefined)[] {
  const byType: (Role | undefined)[] = []
  for (const [role, types] of Object.entries(roles)) for (const id of ids(types)) byType[id] = role as Role
  return byType
}
