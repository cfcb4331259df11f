import type { Range } from '../../reads.ts'
import { inOrder, type VisitOrigins, visitsOf } from '../facts/day-visits.ts'
import { AttributionRows } from './attribution-rows.ts'
import type { ReadContext } from './context.ts'
import { noKey, type TouchKeys } from './touch-keys.ts'

/**
 * By the session in which something happened: its key is that of its earliest event in the range that says how the
 * visitor came.
 */
export function lastTouch(
  context: ReadContext,
  keys: TouchKeys,
  goal: number | undefined,
  range: Range,
): AttributionRows {
  const found = new LastTouch(keys, context.names.lastSession)
  for (const day of context.facts.days(range)) {
    const visits = visitsOf(context, day, range)
    const origins = inOrder(visits, (some, begin, end) => found.take(some, begin, end))
    if (goal === undefined) continue
    if (visits.kept && origins.kept) found.takeGoals(origins.kept, visits.kept.counts(goal))
    found.takeGoals(origins.rest, visits.rest.counts(goal))
  }
  return found.rows()
}

/** Until a session's visits say how it came, it waits. */
class LastTouch {
  readonly #keys: TouchKeys
  readonly #rows = new AttributionRows()
  /** By session: 0 before it was seen, 1 while nothing says how it came, and then its key and two. */
  readonly #states: Uint32Array
  readonly #waiting: { session: number; viewer: number; goals: number }[] = []

  constructor(keys: TouchKeys, lastSession: number) {
    this.#keys = keys
    this.#states = new Uint32Array(lastSession + 1)
  }

  take(visits: VisitOrigins, begin: number, end: number): void {
    const { viewer, session, channel, campaign } = visits
    const [states, rows, keys, origin] = [this.#states, this.#rows, this.#keys, visits[this.#keys.column]]
    for (let row = begin; row < end; row++) {
      const id = session[row] as number
      const who = viewer[row] as number
      let key = (states[id] as number) - 2
      if (id === 0 || key < 0) {
        if (id !== 0 && channel[row] === 0 && campaign[row] === 0) {
          states[id] = 1
          this.#waiting.push({ session: id, viewer: who, goals: 0 })
          continue
        }
        key = keys.of(origin[row] as number)
        const own = rows.of(key)
        if (id !== 0) {
          own.sessions++
          states[id] = key + 2
        }
      }
      if (who !== 0) rows.visitorsOf(key).add(who)
    }
  }

  /** @param goals by visit, how often it was reached */
  takeGoals(visits: VisitOrigins, goals: Uint32Array): void {
    const { session } = visits
    const origin = visits[this.#keys.column]
    for (let row = 0; row < goals.length; row++) {
      const count = goals[row] as number
      if (count === 0) continue
      const id = session[row] as number
      const state = this.#states[id] as number
      if (id === 0) this.#rows.of(this.#keys.of(origin[row] as number)).conversions += count
      else if (state >= 2) this.#rows.of(state - 2).conversions += count
      else this.#waiting.push({ session: id, viewer: 0, goals: count })
    }
  }

  rows(): AttributionRows {
    for (const { session, viewer, goals } of this.#waiting) {
      if (this.#states[session] === 1) {
        this.#states[session] = noKey + 2
        this.#rows.of(noKey).sessions++
      }
      const key = (this.#states[session] as number) - 2
      this.#rows.of(key).conversions += goals
      if (viewer !== 0) this.#rows.visitorsOf(key).add(viewer)
    }
    return this.#rows
  }
}
