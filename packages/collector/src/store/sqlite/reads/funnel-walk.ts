import type { Funnel } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { maxSteps, type StepRows, stepOf, timeOf } from '../facts/step-rows.ts'

/**
 * How far viewers have come, and how far they may: by viewer, as bits, a bit for each step, what they have reached, above
 * that what they may reach, and above that what they did on days that lie so close together that one attempt may go on
 * over them. In one number, as each is a step into memory.
 */
type States = Uint32Array

/** The bits of so many steps. */
const firstSteps = (steps: number) => (1 << steps) - 1

/** A row of viewers, by their numbers: what is known of them is kept by their places in it. */
export interface Block {
  first: number
  viewers: number
}

/** What a day's rows have of a block. */
export interface DaySpan {
  day: number
  rows: StepRows
  /** The place of the first viewer, and the one behind the last. */
  from: number
  to: number
  /** The place of the first viewer's first row. */
  row: number
}

/** Tells by what viewers did on each day by itself who can get further over several of them. */
export class FunnelOutlook {
  /** When all days were taken: how far those of the block may get. */
  readonly states: States
  /** By viewer: the last day on which they did anything. */
  readonly #last: Uint16Array
  readonly #steps: number
  readonly #windowDays: number
  /** Within a shorter time than a day, how far somebody came on one says nothing for certain. */
  readonly #certain: number
  #first = 0

  /** @param viewers that a block has at most */
  constructor({ steps, windowMs }: Funnel, viewers: number) {
    this.states = new Uint32Array(viewers)
    this.#last = new Uint16Array(viewers)
    this.#steps = steps.length
    this.#windowDays = Math.ceil(windowMs / dayMs)
    this.#certain = windowMs >= dayMs ? firstSteps(steps.length) : firstSteps(1)
  }

  begin({ first }: Block): void {
    this.#first = first
    this.states.fill(0)
    this.#last.fill(0)
  }

  /**
   * Days come in their order. Few choices, for who did what is hard to foresee, and a wrong guess costs most; and what
   * marks and states hold is told apart here, with numbers that do not change meanwhile.
   */
  take({ day, rows: { viewers, marks }, from, to }: DaySpan): void {
    const [states, last, certain, since, first] = [
      this.states,
      this.#last,
      this.#certain,
      day - this.#windowDays,
      this.#first,
    ]
    const [reachable, done, all, kept] = [maxSteps, 2 * maxSteps, firstSteps(maxSteps), firstSteps(2 * maxSteps)]
    for (let n = from; n < to; n++) {
      const viewer = (viewers[n] as number) - first
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

  /** Everybody may get anywhere. */
  openAll(): void {
    this.states.fill(firstSteps(this.#steps) << maxSteps)
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
  readonly #reached: Uint32Array
  #first = 0
  #places = 1
  /** By place and step: from when the latest attempt is that has come so far; 0 for none. */
  #starts: Float64Array

  /** @param outlook on the same blocks */
  constructor({ steps, windowMs }: Funnel, { states }: FunnelOutlook) {
    this.#steps = steps.length
    this.#windowMs = windowMs
    this.#states = states
    this.#begun = new Uint16Array(states.length)
    this.#place = new Uint32Array(states.length)
    this.#reached = new Uint32Array(steps.length + 1)
    this.#starts = new Float64Array(4096 * this.#steps)
  }

  begin({ first }: Block): void {
    this.#first = first
    this.#begun.fill(0)
    this.#place.fill(0)
    this.#places = 1
  }

  /** Whether one of the block may get further than they have. */
  isOpen(viewer: number): boolean {
    return isOpen(this.#states[viewer - this.#first] as number)
  }

  /** Returns the place of the row behind the last. */
  take({ day, rows: { viewers, counts, marks, rows }, from, to, row: firstRow }: DaySpan): number {
    const begin = day * dayMs
    /** The last day from whose beginnings nobody goes on any more, and one. */
    const over = day - Math.floor(this.#windowMs / dayMs) - 1
    const [states, begun, first] = [this.#states, this.#begun, this.#first]
    let end = firstRow
    for (let n = from, row = firstRow; n < to; n++, row = end) {
      const viewer = (viewers[n] as number) - first
      end = row + (counts[n] as number)
      const mark = marks[n] as number
      // Whoever was set apart comes with other rows.
      if (!isOpen(states[viewer] as number) || mark === 0) continue
      if ((mark & 1) === 1) this.#begin(viewer, day)
      else if ((begun[viewer] as number) <= over) continue
      this.#walk(viewer, begin, rows, row, end)
    }
    return end
  }

  /** When all days of a block were taken: remembers how far its viewers came. */
  end({ viewers }: Block): void {
    const [reached, states, all] = [this.#reached, this.#states, firstSteps(maxSteps)]
    for (let viewer = 0; viewer < viewers; viewer++) {
      ;(reached[32 - Math.clz32((states[viewer] as number) & all)] as number)++
    }
  }

  /** How many have reached each step. */
  counts(): number[] {
    const counts = Array.from(this.#reached.subarray(1))
    for (let step = counts.length - 2; step >= 0; step--) (counts[step] as number) += counts[step + 1] as number
    return counts
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
    this.#starts.fill(0, place * this.#steps, this.#places * this.#steps)
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

const isOpen = (state: number): boolean => ((state >>> maxSteps) & ~state & firstSteps(maxSteps)) !== 0
