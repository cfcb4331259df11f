import type { Funnel } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { depthOf, didOf, maxSteps, type StepRows, stepOf, timeOf } from '../facts/step-rows.ts'

/** What is known of viewers before they go through the steps. */
export interface Outlook {
  /** By viewer: how many steps they reach for certain. */
  reached: Uint8Array
  /** By viewer: 1 for those who may reach more. */
  isOpen: Uint8Array
}

/** Tells by what viewers did on each day by itself who can get further over several of them. */
export class FunnelOutlook {
  /**
   * By viewer, as bits, a bit for each step: what they reach for certain, what they may reach, and what they did on days
   * that lie so close together that one attempt may go on over them. In one number, as each is a step into memory.
   */
  readonly #states: Uint32Array
  /** By viewer: the last of these days. */
  readonly #last: Uint16Array
  readonly #windowDays: number
  /** Within a shorter time than a day, how far somebody came on one says nothing for certain. */
  readonly #certain: number

  constructor({ steps, windowMs }: Funnel, viewers: number) {
    this.#states = new Uint32Array(viewers)
    this.#last = new Uint16Array(viewers)
    this.#windowDays = Math.ceil(windowMs / dayMs)
    this.#certain = windowMs >= dayMs ? firstSteps(steps.length) : firstSteps(1)
  }

  /** Days come in their order. Few choices: who did what is hard to foresee, and a wrong guess costs most. */
  take(day: number, { viewers, marks }: StepRows): void {
    const [states, last, certain, since] = [this.#states, this.#last, this.#certain, day - this.#windowDays]
    const [reachable, done] = [maxSteps, 2 * maxSteps]
    const kept = firstSteps(done)
    for (let n = 0; n < viewers.length; n++) {
      const viewer = viewers[n] as number
      const mark = marks[n] as number
      const state = states[viewer] as number
      const did = didOf(mark) | ((last[viewer] as number) < since ? 0 : state >>> done)
      // Those from the first one on without a gap.
      const inReach = did & ~(did + 1)
      states[viewer] = (state & kept) | (firstSteps(depthOf(mark)) & certain) | (inReach << reachable) | (did << done)
      last[viewer] = day
    }
  }

  /** When all days were taken. */
  all(): Outlook {
    const states = this.#states
    const [reachable, all] = [maxSteps, firstSteps(maxSteps)]
    const reached = new Uint8Array(states.length)
    const isOpen = new Uint8Array(states.length)
    for (let viewer = 0; viewer < states.length; viewer++) {
      const state = states[viewer] as number
      const more = (state >>> reachable) & ~state & all
      reached[viewer] = 32 - Math.clz32(state & all)
      isOpen[viewer] = (more + all) >>> reachable
    }
    return { reached, isOpen }
  }

  /** Everybody may get anywhere; the number 0 is nobody's. */
  nothing(): Outlook {
    const viewers = this.#states.length
    return { reached: new Uint8Array(viewers), isOpen: new Uint8Array(viewers).fill(1, 1) }
  }
}

/** The bits of so many steps. */
const firstSteps = (steps: number) => (1 << steps) - 1

/**
 * Takes viewers through the steps, day by day. Of each viewer and step the latest start from which that step was reached
 * is remembered, and nothing else: whatever an earlier start can still reach, the latest one can, too, for its time ends
 * later. An event takes the start of the step before it on to its own. One pass over each viewer's events in the order of
 * time is thus exact.
 */
export class FunnelWalk {
  readonly #steps: number
  readonly #windowMs: number
  readonly #reached: Uint8Array
  /** By viewer: 1 until they are through, or have come as far as they ever can. */
  readonly #isOpen: Uint8Array
  /** By viewer: the last day on which they began, and one; 0 for none. */
  readonly #begun: Uint16Array
  /** By viewer: where their starts are; 0 until they begin. */
  readonly #place: Uint32Array
  #places = 1
  /** By place and step: from when the latest attempt is that has come so far; 0 for none. */
  #starts: Float64Array

  constructor({ steps, windowMs }: Funnel, { reached, isOpen }: Outlook) {
    this.#steps = steps.length
    this.#windowMs = windowMs
    this.#reached = reached
    this.#isOpen = isOpen
    this.#begun = new Uint16Array(reached.length)
    this.#place = new Uint32Array(reached.length)
    this.#starts = new Float64Array(4096 * this.#steps)
  }

  /** Whether they may get further than they have. */
  isOpen(viewer: number): boolean {
    return this.#isOpen[viewer] === 1
  }

  take(day: number, { viewers, counts, marks, rows }: StepRows): void {
    const begin = day * dayMs
    /** The last day from whose beginnings nobody goes on any more, and one. */
    const over = day - Math.floor(this.#windowMs / dayMs) - 1
    const [isOpen, begun] = [this.#isOpen, this.#begun]
    for (let n = 0, row = 0, end = 0; n < viewers.length; n++, row = end) {
      const viewer = viewers[n] as number
      end = row + (counts[n] as number)
      if (isOpen[viewer] === 0) continue
      if (((marks[n] as number) & 1) === 1) this.#begin(viewer, day)
      else if ((begun[viewer] as number) <= over) continue
      this.#walk(viewer, begin, rows, row, end)
    }
  }

  /** How many have reached each step. */
  counts(): number[] {
    const counts = new Uint32Array(this.#steps + 1)
    const reached = this.#reached
    for (let viewer = 0; viewer < reached.length; viewer++) (counts[reached[viewer] as number] as number)++
    for (let step = this.#steps; step > 1; step--) (counts[step - 1] as number) += counts[step] as number
    return Array.from(counts.subarray(1))
  }

  #begin(viewer: number, day: number): void {
    this.#begun[viewer] = day + 1
    if (this.#place[viewer] !== 0) return
    const place = this.#places++
    if (this.#places * this.#steps > this.#starts.length) {
      const grown = new Float64Array(this.#starts.length * 2)
      grown.set(this.#starts)
      this.#starts = grown
    }
    this.#place[viewer] = place
  }

  #walk(viewer: number, begin: number, rows: Uint32Array, from: number, to: number): void {
    const [starts, windowMs] = [this.#starts, this.#windowMs]
    const first = (this.#place[viewer] as number) * this.#steps
    let reached = this.#reached[viewer] as number
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
        if (reached === 0) reached = 1
      }
      const at = begin + timeOf(row)
      const start = starts[first + step - 1] as number
      // No start is 0, which is longer ago than any window.
      if (at - start > windowMs) continue
      starts[first + step] = start
      if (step >= reached) reached = step + 1
    }
    if (begun !== -1) {
      starts[first] = begin + timeOf(rows[begun] as number)
      if (reached === 0) reached = 1
    }
    this.#reached[viewer] = reached
    if (reached === this.#steps) this.#isOpen[viewer] = 0
  }
}
