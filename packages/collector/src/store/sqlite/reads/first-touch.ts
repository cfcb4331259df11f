import type { Range } from '../../reads.ts'
import { dayMs, dayOf, hasWholeDay } from '../days.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import { unpackTouches } from '../facts/touches.ts'
import type { VisitRows } from '../facts/visits.ts'
import { AttributionRows } from './attribution-rows.ts'
import type { ReadContext } from './context.ts'
import { type DayVisits, inOrder, type VisitOrigins, visitsOf } from './day-visits.ts'
import { noKey, type TouchKeys } from './touch-keys.ts'

/** By who it was: their key is that of their earliest event of all that says how they came. */
export function firstTouch(
  context: ReadContext,
  keys: TouchKeys,
  goal: number | undefined,
  range: Range,
): AttributionRows {
  const { facts, names } = context
  const upToEnd = { from: 0, to: range.to }
  const firsts = new FirstTouches(keys, names.lastViewer)
  const meant: DayVisits[] = []
  for (const day of facts.days(upToEnd)) {
    const isTouched = touchAtOnce(context, day, upToEnd, firsts)
    const visits = day >= dayOf(range.from) ? visitsOf(context, day, range) : undefined
    if (visits) meant.push(visits)
    if (isTouched) continue
    const isAll = visits !== undefined && day * dayMs >= range.from
    inOrder(isAll ? visits : visitsOf(context, day, upToEnd), (some, begin, end) => firsts.take(some, begin, end))
  }
  const found = new FirstTouch(keys, firsts, names.lastSession)
  for (const { kept, rest } of meant) {
    if (kept) found.count(kept, goal)
    found.count(rest, goal)
  }
  return found.rows()
}

/** Where the day's first touches are kept: they, and those that came earlier in the parts which they do not cover. */
function touchAtOnce({ facts, summaries }: ReadContext, day: number, range: Range, firsts: FirstTouches): boolean {
  const summary = hasWholeDay(range, day) ? summaries.of(day, 'touches') : undefined
  if (!summary) return false
  const kept = unpackTouches(summary.data)
  const later = new LaterTouches(firsts)
  const columns = ['time', 'viewer', 'channel', 'campaign'] as const
  facts.scanDay(day, range, columns, (chunk) => later.add(chunk), summary.parts)
  const viewer = kept.viewers()
  later.takeBefore(viewer, () => kept.column('time'))
  firsts.takeTouches(viewer, kept.column(firsts.keys.column))
  return true
}

/** Of each viewer how they came first, day by day. */
class FirstTouches {
  readonly keys: TouchKeys
  /** By viewer: 0 while nothing says how they came, then their key and one. */
  readonly byViewer: Uint32Array

  constructor(keys: TouchKeys, lastViewer: number) {
    this.keys = keys
    this.byViewer = new Uint32Array(lastViewer + 1)
  }

  take(visits: VisitOrigins, begin: number, end: number): void {
    const { viewer, channel, campaign } = visits
    const [firsts, keys, origin] = [this.byViewer, this.keys, visits[this.keys.column]]
    for (let row = begin; row < end; row++) {
      const who = viewer[row] as number
      if (who === 0 || firsts[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
      firsts[who] = keys.of(origin[row] as number) + 1
    }
  }

  /** Of viewers who came in some way for sure. */
  takeTouches(viewer: Uint32Array, origin: ArrayLike<number>): void {
    const [firsts, keys] = [this.byViewer, this.keys]
    for (let row = 0; row < viewer.length; row++) {
      const who = viewer[row] as number
      if (firsts[who] === 0) firsts[who] = keys.of(origin[row] as number) + 1
    }
  }
}

/** How those came who had not come before, in the parts of a day that its summary does not reach. */
class LaterTouches {
  readonly #firsts: FirstTouches
  readonly #found = new Map<number, { at: number; key: number }>()

  constructor(firsts: FirstTouches) {
    this.#firsts = firsts
  }

  add(chunk: Chunk<'time' | 'viewer' | 'channel' | 'campaign'>): void {
    const { rows, time, viewer, channel, campaign } = chunk
    const { byViewer, keys } = this.#firsts
    for (let row = 0; row < rows; row++) {
      const who = viewer[row] as number
      const at = time[row] as number
      if (who === 0 || byViewer[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
      if (at >= (this.#found.get(who)?.at ?? dayMs)) continue
      this.#found.set(who, { at, key: keys.of(chunk[keys.column][row] as number) })
    }
  }

  /**
   * Takes those that came before the touch that is kept of the same viewer, or have none.
   *
   * @param viewer those of whom one is kept, in their order
   * @param timesOf when each of these was
   */
  takeBefore(viewer: Uint32Array, timesOf: () => Uint32Array): void {
    if (this.#found.size === 0) return
    const times = timesOf()
    const { byViewer } = this.#firsts
    for (const [who, { at, key }] of this.#found) {
      const row = placeOf(viewer, who)
      // Of the same instant the one that was folded first counts.
      if (viewer[row] !== who || at < (times[row] as number)) byViewer[who] = key + 1
    }
  }
}

/** Where a number is among others in their order, or where it would be. */
function placeOf(numbers: Uint32Array, number: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return low
}

/** Of what is kept of a viewer, the bit that says that they were counted: one step into memory tells both. */
const counted = 2 ** 30

/** A session has one viewer as a rule; further ones are remembered as pairs. */
class FirstTouch {
  readonly #keys: TouchKeys
  /** By viewer: what is kept of them, and whether they were {@link counted}. */
  readonly #firsts: Uint32Array
  readonly #rows = new AttributionRows()
  readonly #viewerOf: Uint32Array
  readonly #others: { session: number; viewer: number }[] = []
  /** By what is kept of a viewer: there are few, and every visit goes through here. */
  readonly #visitors: Uint32Array
  readonly #sessions: Uint32Array
  readonly #conversions: Float64Array

  constructor(keys: TouchKeys, { byViewer }: FirstTouches, lastSession: number) {
    this.#keys = keys
    this.#firsts = byViewer
    this.#viewerOf = new Uint32Array(lastSession + 1)
    this.#visitors = new Uint32Array(keys.size + 1)
    this.#sessions = new Uint32Array(keys.size + 1)
    this.#conversions = new Float64Array(keys.size + 1)
  }

  count(visits: VisitRows, goal: number | undefined): void {
    const viewer = visits.column('viewer')
    const session = visits.column('session')
    const goals = goal === undefined ? undefined : visits.counts(goal)
    const [firsts, viewerOf, visitors, sessions] = [this.#firsts, this.#viewerOf, this.#visitors, this.#sessions]
    const [isCounted, all] = [counted, counted - 1]
    const nobodys: number[] = []
    for (let row = 0; row < visits.rows; row++) {
      const who = viewer[row] as number
      if (who === 0) {
        nobodys.push(row)
        continue
      }
      const first = firsts[who] as number
      if (first < isCounted) {
        firsts[who] = first | isCounted
        ;(visitors[first] as number)++
      }
      const id = session[row] as number
      if (id === 0 || viewerOf[id] === who) continue
      if (viewerOf[id] === 0) {
        viewerOf[id] = who
        ;(sessions[first & all] as number)++
      } else this.#others.push({ session: id, viewer: who })
    }
    if (goals) this.#countGoals(viewer, goals)
    if (nobodys.length > 0) this.#countNobodys(visits.column(this.#keys.column), nobodys, goals)
  }

  #countGoals(viewer: Uint32Array, goals: Uint32Array): void {
    for (let row = 0; row < goals.length; row++) {
      const who = viewer[row] as number
      if (who === 0 || goals[row] === 0) continue
      ;(this.#conversions[(this.#firsts[who] as number) & (counted - 1)] as number) += goals[row] as number
    }
  }

  /** What was nobody's, as far as is known, came as it says itself. */
  #countNobodys(origin: Uint32Array, visits: readonly number[], goals: Uint32Array | undefined): void {
    for (const row of visits) this.#rows.of(this.#keys.of(origin[row] as number)).conversions += goals?.[row] ?? 0
  }

  rows(): AttributionRows {
    for (let first = 0; first < this.#visitors.length; first++) {
      const own = {
        visitors: this.#visitors[first] as number,
        sessions: this.#sessions[first] as number,
        conversions: this.#conversions[first] as number,
      }
      if (own.visitors === 0 && own.sessions === 0 && own.conversions === 0) continue
      const row = this.#rows.of(keyAt(first))
      row.visitors += own.visitors
      row.sessions += own.sessions
      row.conversions += own.conversions
    }
    for (const [session, pairs] of Map.groupBy(this.#others, ({ session }) => session)) {
      const theirs = new Set(pairs.map(({ viewer }) => this.#keyOf(viewer)))
      theirs.delete(this.#keyOf(this.#viewerOf[session] as number))
      for (const key of theirs) this.#rows.of(key).sessions++
    }
    return this.#rows
  }

  #keyOf(viewer: number): number {
    return keyAt((this.#firsts[viewer] as number) & (counted - 1))
  }
}

/** The key of those of whom this is kept. */
const keyAt = (first: number) => (first === 0 ? noKey : first - 1)
