import type { Funnel } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { depthOf, didOf, type StepRows, stepOf, timeOf } from '../facts/step-rows.ts'

/** What is known of viewers before they go through the steps. */
export interface Outlook {
  /** By viewer: how many steps they reach for certain. */
  reached: Uint8Array
  /** By viewer: 1 for those who may reach more. */
  isOpen: Uint8Array
}

/** Tells by what viewers did on each day by itself who can get further over several of them. */
export class FunnelOutlook {
  readonly #did: Uint16Array
  readonly #reached: Uint8Array
  /** Within a shorter time than a day, how far somebody came on one says nothing for certain. */
  readonly #maxDepth: number

  constructor({ steps, windowMs }: Funnel, viewers: number) {
    this.#did = new Uint16Array(viewers)
    this.#reached = new Uint8Array(viewers)
    this.#maxDepth = windowMs >= dayMs ? steps.length : 1
  }

  take({ viewers, marks }: StepRows): void {
    const [did, reached, maxDepth] = [this.#did, this.#reached, this.#maxDepth]
    for (let n = 0; n < viewers.length; n++) {
      const viewer = viewers[n] as number
      const mark = marks[n] as number
      ;(did[viewer] as number) |= didOf(mark)
      const depth = Math.min(depthOf(mark), maxDepth)
      if (depth > (reached[viewer] as number)) reached[viewer] = depth
    }
  }

  /** When all days were taken. */
  all(): Outlook {
    const [did, reached] = [this.#did, this.#reached]
    const isOpen = new Uint8Array(did.length)
    for (let viewer = 0; viewer < isOpen.length; viewer++) {
      // How many steps they did, from the first one on without a gap.
      const inReach = 31 - Math.clz32(((did[viewer] as number) + 1) & ~(did[viewer] as number))
      if (inReach > (reached[viewer] as number)) isOpen[viewer] = 1
    }
    return { reached, isOpen }
  }

  /** Everybody may get anywhere; the number 0 is nobody's. */
  nothing(): Outlook {
    return { reached: this.#reached, isOpen: new Uint8Array(this.#did.length).fill(1, 1) }
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
  readonly #reached: Uint8Array
  /** By viewer: 1 until they are through. */
  readonly isOpen: Uint8Array
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
    this.isOpen = isOpen
    this.#begun = new Uint16Array(isOpen.length)
    this.#place = new Uint32Array(isOpen.length)
    this.#starts = new Float64Array(4096 * this.#steps)
  }

  take(day: number, { viewers, counts, marks, rows }: StepRows): void {
    const begin = day * dayMs
    /** The last day from whose beginnings nobody goes on any more, and one. */
    const over = day - Math.floor(this.#windowMs / dayMs) - 1
    const [isOpen, begun] = [this.isOpen, this.#begun]
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
    if (reached === this.#steps) this.isOpen[viewer] = 0
  }
}
