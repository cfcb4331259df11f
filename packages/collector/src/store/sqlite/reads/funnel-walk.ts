import type { Funnel } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { lend } from '../facts/memory.ts'
import { maxSteps, type StepRows, stepOf, timeOf } from '../facts/step-rows.ts'

/**
 * How far viewers have come, and how far they may: by viewer, as bits, a bit for each step, what they have reached, above
 * that what they may reach, and above that what they did on days that lie so close together that one attempt may go on
 * over them. In one number, as each is a step into memory.
 */
type States = Uint32Array

/** The bits of so many steps. */
const firstSteps = (steps: number) => (1 << steps) - 1

/** Tells by what viewers did on each day by itself who can get further over several of them. */
export class FunnelOutlook {
  readonly #states: States
  /** By viewer: the last day on which they did anything. */
  readonly #last: Uint16Array
  readonly #steps: number
  readonly #windowDays: number
  /** Within a shorter time than a day, how far somebody came on one says nothing for certain. */
  readonly #certain: number

  constructor({ steps, windowMs }: Funnel, viewers: number) {
    this.#states = lend(new Uint32Array(viewers))
    this.#last = lend(new Uint16Array(viewers))
    this.#steps = steps.length
    this.#windowDays = Math.ceil(windowMs / dayMs)
    this.#certain = windowMs >= dayMs ? firstSteps(steps.length) : firstSteps(1)
  }

  /**
   * Days come in their order. Few choices, for who did what is hard to foresee, and a wrong guess costs most; and what
   * marks and states hold is told apart here, with numbers that do not change meanwhile.
   */
  take(day: number, { viewers, marks }: StepRows): void {
    const [states, last, certain, since] = [this.#states, this.#last, this.#certain, day - this.#windowDays]
    const [reachable, done, all, kept] = [maxSteps, 2 * maxSteps, firstSteps(maxSteps), firstSteps(2 * maxSteps)]
    for (let n = 0; n < viewers.length; n++) {
      const viewer = viewers[n] as number
      const mark = marks[n] as number
      const state = states[viewer] as number
      const did = (mark & all) | ((last[viewer] as number) < since ? 0 : state >>> done)
      // Those from the first one on without a gap.
      const inReach = did & ~(did + 1)
      const depth = ((1 << (mark >>> reachable)) - 1) & certain
      states[viewer] = (state & kept) | depth | (inReach << reachable) | (did << done)
      last[viewer] = day
    }
  }

  /** When all days were taken. */
  states(): States {
    return this.#states
  }

  /** Everybody may get anywhere; the number 0 is nobody's. */
  noStates(): States {
    return this.#states.fill(firstSteps(this.#steps) << maxSteps, 1)
  }
}

/**
 * Takes viewers through the steps, day by day. Of each viewer and step the latest start from which that step was reached
 * is remembered, and nothing else: whatever an earlier start can still reach, the latest one can, too, for its time ends
 * later. An event takes the start of the step before it on to its own. One pass over each viewer's events in the order of
 * time is thus exact.
 */
export class FunnelWalk {
  readonly #steps: number
  readonly #windowMs: number
  readonly #states: States
  /** By viewer: the last day on which they began, and one; 0 for none. */
  readonly #begun: Uint16Array
  /** By viewer: where their starts are; 0 until they begin. */
  readonly #place: Uint32Array
  #places = 1
  /** By place and step: from when the latest attempt is that has come so far; 0 for none. */
  #starts: Float64Array

  constructor({ steps, windowMs }: Funnel, states: States) {
    this.#steps = steps.length
    this.#windowMs = windowMs
    this.#states = states
    this.#begun = lend(new Uint16Array(states.length))
    this.#place = lend(new Uint32Array(states.length))
    this.#starts = lend(new Float64Array(4096 * this.#steps))
  }

  /** Whether they may get further than they have. */
  isOpen(viewer: number): boolean {
    const state = this.#states[viewer] as number
    return ((state >>> maxSteps) & ~state & firstSteps(maxSteps)) !== 0
  }

  take(day: number, { viewers, counts, marks, rows }: StepRows): void {
    const begin = day * dayMs
    /** The last day from whose beginnings nobody goes on any more, and one. */
    const over = day - Math.floor(this.#windowMs / dayMs) - 1
    const begun = this.#begun
    for (let n = 0, row = 0, end = 0; n < viewers.length; n++, row = end) {
      const viewer = viewers[n] as number
      end = row + (counts[n] as number)
      if (!this.isOpen(viewer)) continue
      if (((marks[n] as number) & 1) === 1) this.#begin(viewer, day)
      else if ((begun[viewer] as number) <= over) continue
      this.#walk(viewer, begin, rows, row, end)
    }
  }

  /** How many have reached each step. */
  counts(): number[] {
    const [counts, states, all] = [new Uint32Array(this.#steps + 1), this.#states, firstSteps(maxSteps)]
    for (let viewer = 0; viewer < states.length; viewer++) {
      ;(counts[32 - Math.clz32((states[viewer] as number) & all)] as number)++
    }
    for (let step = this.#steps; step > 1; step--) (counts[step - 1] as number) += counts[step] as number
    return Array.from(counts.subarray(1))
  }

  #begin(viewer: number, day: number): void {
    this.#begun[viewer] = day + 1
    if (this.#place[viewer] !== 0) return
    const place = this.#places++
    if (this.#places * this.#steps > this.#starts.length) {
      const grown = lend(new Float64Array(this.#starts.length * 2))
      grown.set(this.#starts)
      this.#starts = grown
    }
    this.#place[viewer] = place
  }

  #walk(viewer: number, begin: number, rows: Uint32Array, from: number, to: number): void {
    const [starts, windowMs] = [this.#starts, this.#windowMs]
    const first = (this.#place[viewer] as number) * this.#steps
    const state = this.#states[viewer] as number
    let reached = state & firstSteps(maxSteps)
    /** Beginnings are most of the rows, and the last before another step is the one that counts. */
    let begun = -1
    for (let n = from; n < to; n++) {
      const row = rows[n] as number
      const step = stepOf(row)
      if (step === 0) {
        begun = n
        continue
      }
      if (begun !== -1) {
        starts[first] = begin + timeOf(rows[begun] as number)
        begun = -1
        reached |= 1
      }
      const at = begin + timeOf(row)
      const start = starts[first + step - 1] as number
      // No start is 0, which is longer ago than any window.
      if (at - start > windowMs) continue
      starts[first + step] = start
      reached |= firstSteps(step + 1)
    }
    if (begun !== -1) {
      starts[first] = begin + timeOf(rows[begun] as number)
      reached |= 1
    }
    this.#states[viewer] = state | reached
  }
}
