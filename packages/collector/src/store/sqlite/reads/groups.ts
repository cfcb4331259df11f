import type { Role } from '@tallymark/schemas'
import type { Group, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { type FactColumn, flags } from '../facts/fact.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import type { Read, ReadContext } from './context.ts'
import { PerNumber, readerOf } from './dimensions.ts'
import { DistinctPairs } from './distinct-pairs.ts'
import { flagsOf } from './scope.ts'
import { bucketOf } from './series.ts'

/** What is counted of a group, beside its distinct viewers and sessions. */
type Sums = Omit<Group, 'bucket' | 'key' | 'viewers' | 'viewersOfViews' | 'sessions'>

/** Nothing is known of who frozen days are about: their events count, their viewers and sessions do not. */
export const groups: Read<ReadQuery<'groups'>, ReadAnswer<'groups'>> = (context, query) => {
  const { facts } = context
  const { edges, maxGroups } = query
  const found = new Grouping(context, query)
  // Whoever asks for too much hears so; it need not be counted.
  facts.scan({ from: edges[0] ?? 0, to: edges.at(-1) ?? 0 }, found.columns, (chunk) => {
    if (found.size <= maxGroups) found.add(chunk)
  })
  return found.size > maxGroups
    ? { groups: [], isComplete: false }
    : { groups: found.groups(context), isComplete: true }
}

/** A condition that is put on a column's numbers. */
interface Condition {
  column: FactColumn
  meets: PerNumber
}

/** Counts events by the values of dimensions. */
class Grouping {
  readonly columns: readonly FactColumn[]
  readonly #edges: readonly number[]
  readonly #axes: readonly Axis[]
  readonly #conditions: readonly Condition[]
  readonly #roleOf: readonly (Role | undefined)[]
  readonly #isTimed: Uint8Array
  readonly #isView: Uint8Array
  readonly #tree: GroupTree
  readonly #sums: Sums[] = []
  readonly #viewers = new DistinctPairs()
  readonly #viewersOfViews = new DistinctPairs()
  readonly #sessions = new DistinctPairs()

  constructor(context: ReadContext, { edges, roles, dimensions, filters }: ReadQuery<'groups'>) {
    const { names } = context
    this.#edges = edges
    this.#axes = dimensions.map((dimension) => new Axis(readerOf(dimension, context)))
    this.#conditions = filters.map(({ dimension, values }) => {
      const { column, read } = readerOf(dimension, context)
      return { column, meets: new PerNumber((number) => Number(values.includes(read(number)))) }
    })
    const needed = [...this.#axes, ...this.#conditions].map(({ column }) => column)
    this.columns = [...new Set<FactColumn>(['time', 'type', 'flags', 'duration', 'viewer', 'session', ...needed])]
    this.#roleOf = rolesByType(roles, (types) => names.ids(types))
    this.#isTimed = flagsOf(names.ids([roles.view, roles.complete, roles.skip].flatMap((types) => types ?? [])))
    this.#isView = flagsOf(names.ids(roles.view ?? []))
    this.#tree = new GroupTree(dimensions.length)
  }

  /** Groups that there are by now. */
  get size(): number {
    return this.#tree.size
  }

  add(chunk: Chunk<FactColumn>): void {
    const { day, rows, time, type, flags: bits, duration, viewer, session } = chunk
    const isBucketed = this.#edges.length > 2
    for (let row = 0; row < rows; row++) {
      if (!this.#isMeant(chunk, row)) continue
      const start = isBucketed ? bucketOf(this.#edges, day * dayMs + (time[row] as number)) : 0
      const group = this.#groupOf(chunk, row, start)
      const sum = this.#sums[group] as Sums
      const kind = type[row] as number
      const role = this.#roleOf[kind]
      sum.events++
      if (role !== undefined) sum.counts[role] = (sum.counts[role] ?? 0) + 1
      if (this.#isTimed[kind] === 1) sum.watchTimeMs += duration[row] as number
      if (viewer[row] !== 0) this.#viewers.add(group, viewer[row] as number)
      if (session[row] !== 0) this.#sessions.add(group, session[row] as number)
      if (this.#isView[kind] !== 1) continue
      if (((bits[row] as number) & flags.completed) !== 0) sum.completedViews++
      if (viewer[row] !== 0) this.#viewersOfViews.add(group, viewer[row] as number)
    }
  }

  groups({ names }: ReadContext): Group[] {
    const size = this.#sums.length
    const viewers = this.#viewers.count(size, names.lastViewer)
    const viewersOfViews = this.#viewersOfViews.count(size, names.lastViewer)
    const sessions = this.#sessions.count(size, names.lastSession)
    return this.#sums.map((sum, group) => {
      const { start, codes } = this.#tree.keyOf(group)
      return {
        ...sum,
        bucket: start,
        key: codes.map((code, n) => (this.#axes[n] as Axis).value(code)),
        viewers: viewers[group] ?? 0,
        viewersOfViews: viewersOfViews[group] ?? 0,
        sessions: sessions[group] ?? 0,
      }
    })
  }

  #isMeant(chunk: Chunk<FactColumn>, row: number): boolean {
    for (const { column, meets } of this.#conditions) if (meets.of(chunk[column][row] as number) === 0) return false
    return true
  }

  #groupOf(chunk: Chunk<FactColumn>, row: number, start: number): number {
    let path = start
    for (let n = 0; n < this.#axes.length; n++) {
      const axis = this.#axes[n] as Axis
      path = this.#tree.step(n, path, axis.code(chunk[axis.column][row] as number))
    }
    const group = this.#tree.group(path)
    if (group === this.#sums.length) this.#sums.push({ events: 0, counts: {}, completedViews: 0, watchTimeMs: 0 })
    return group
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
