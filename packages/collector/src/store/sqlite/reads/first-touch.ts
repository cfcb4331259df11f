import type { Range } from '../../reads.ts'
import { dayMs, dayOf } from '../days.ts'
import { type DayVisits, visitsOf } from '../facts/day-visits.ts'
import { FirstTouches } from '../facts/first-touches.ts'
import { uncached } from '../facts/packed-record.ts'
import { touchesIn } from '../facts/touches.ts'
import type { VisitRows } from '../facts/visits.ts'
import { AttributionRows } from './attribution-rows.ts'
import type { ReadContext } from './context.ts'
import { noKey, type TouchKeys } from './touch-keys.ts'

/** By who it was: their key is that of their earliest event of all that says how they came. */
export function firstTouch(
  context: ReadContext,
  keys: TouchKeys,
  goal: number | undefined,
  range: Range,
): AttributionRows {
  const { facts, frozen, names, pasts } = context
  const upToEnd = { from: 0, to: range.to }
  const firsts = new FirstTouches(keys, names.lastViewer)
  const past = pasts.touchesBefore(dayOf(range.to))
  if (past) {
    const touches = touchesIn(uncached(past.data))
    firsts.takeTouches(touches.viewers(), touches.column(keys.column))
  }
  // Of frozen days nobody is known.
  const firstDay = Math.max(past?.before ?? 0, frozen.end)
  const meant: DayVisits[] = []
  for (const day of facts.days({ from: Math.min(range.from, firstDay * dayMs), to: range.to })) {
    const visits = day >= dayOf(range.from) ? visitsOf(context, day, range) : undefined
    if (visits) meant.push(visits)
    const isAll = day * dayMs >= range.from
    if (day >= firstDay) firsts.takeDay(context, day, upToEnd, isAll ? visits : undefined)
  }
  const found = new FirstTouch(keys, firsts, names.lastSession)
  for (const { kept, rest } of meant) {
    if (kept) found.count(kept, goal)
    found.count(rest, goal)
  }
  return found.rows()
}

/** Of what is kept of a viewer, the bit that says that they were counted: one step into memory tells both. */
const countedBit = 30
const counted = 1 << countedBit

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
      // No choice, for whether somebody was counted is hard to foresee, and what it depends on is far away.
      const first = firsts[who] as number
      firsts[who] = first | isCounted
      ;(visitors[first & all] as number) += 1 - (first >>> countedBit)
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
