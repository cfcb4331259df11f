import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { unpackSteps } from '../facts/funnel-steps.ts'
import { stepMarks } from '../facts/step-marks.ts'
import { StepGatherer, type StepRows, stepColumns, stepOf, timeOf } from '../facts/step-rows.ts'
import type { Read } from './context.ts'

/**
 * Of each viewer and step the latest start from which that step was reached is remembered, and nothing else: whatever
 * an earlier start can still reach, the latest one can, too, for its time ends later. An event takes the start of the
 * step before it on to its own. One pass over each viewer's events in the order of time is thus exact.
 *
 * Of a funnel that the plan declares, whole days are in the summaries, as far as those reach. Those who did something
 * beyond are read from the facts altogether, for theirs may lie between what the summary has.
 */
export const funnel: Read<ReadQuery<'funnel'>, ReadAnswer<'funnel'>> = (
  { facts, summaries, names },
  { steps, windowMs, range },
) => {
  const marks = stepMarks(steps, (name) => names.id(name))
  const columns = stepColumns(marks)
  const gatherer = new StepGatherer(marks)
  const viewers = names.lastViewer + 1
  const { entityTypes } = names
  const walk = new FunnelWalk(steps.length, windowMs, viewers)
  const apart = new Uint8Array(viewers)

  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.steps(day, { steps }) : undefined
    if (!summary) {
      walk.take(day, gather(day, 0, walk.isOpen))
      continue
    }
    const { viewers: beyond } = gather(day, summary.parts, walk.isOpen)
    for (let n = 0; n < beyond.length; n++) apart[beyond[n] as number] = 1
    walk.take(day, unpackSteps(summary.data), apart)
    if (beyond.length > 0) walk.take(day, gather(day, 0, apart))
    for (let n = 0; n < beyond.length; n++) apart[beyond[n] as number] = 0
  }
  return walk.counts()

  function gather(day: number, firstPart: number, isMeant: Uint8Array): StepRows {
    facts.scanDay(day, range, columns, (chunk) => gatherer.add(chunk, entityTypes, isMeant), firstPart)
    return gatherer.take()
  }
}

/** Takes viewers through the steps, day by day. */
class FunnelWalk {
  readonly #steps: number
  readonly #windowMs: number
  /** By viewer and step: from when the latest attempt is that has come so far; 0 for none. */
  readonly #starts: Float64Array
  /** By viewer: how many steps they have reached. */
  readonly #reached: Uint8Array
  /** By viewer: the last day on which they began, and one; 0 for none. */
  readonly #begun: Uint16Array
  /** By viewer: 1 until they are through. */
  readonly isOpen: Uint8Array

  constructor(steps: number, windowMs: number, viewers: number) {
    this.#steps = steps
    this.#windowMs = windowMs
    this.#starts = new Float64Array(viewers * steps)
    this.#reached = new Uint8Array(viewers)
    this.#begun = new Uint16Array(viewers)
    this.isOpen = new Uint8Array(viewers).fill(1)
  }

  /** @param apart by viewer: 1 for those whose rows of this day come by themselves */
  take(day: number, { viewers, counts, rows }: StepRows, apart?: Uint8Array): void {
    const begin = day * dayMs
    /** The first day on which an attempt may have begun that still goes on. */
    const oldest = day - Math.floor(this.#windowMs / dayMs) - 1
    for (let n = 0, row = 0, end = 0; n < viewers.length; n++, row = end) {
      const viewer = viewers[n] as number
      const count = counts[n] as number
      end = row + (count >>> 1)
      if (this.isOpen[viewer] === 0 || (apart !== undefined && apart[viewer] === 1)) continue
      if ((count & 1) === 1) this.#begun[viewer] = day + 1
      else if ((this.#begun[viewer] as number) <= oldest) continue
      this.#walk(viewer, begin, rows, row, end)
    }
  }

  /** How many have reached each step. */
  counts(): number[] {
    const counts = new Array<number>(this.#steps + 1).fill(0)
    for (let viewer = 0; viewer < this.#reached.length; viewer++) (counts[this.#reached[viewer] as number] as number)++
    for (let step = this.#steps; step > 1; step--) (counts[step - 1] as number) += counts[step] as number
    return counts.slice(1)
  }

  #walk(viewer: number, begin: number, rows: Uint32Array, from: number, to: number): void {
    const starts = this.#starts
    const first = viewer * this.#steps
    let reached = this.#reached[viewer] as number
    for (let n = from; n < to; n++) {
      const row = rows[n] as number
      const step = stepOf(row)
      const at = begin + timeOf(row)
      if (step === 0) {
        starts[first] = at
        if (reached === 0) reached = 1
        continue
      }
      const start = starts[first + step - 1] as number
      // No start is 0, which is longer ago than any window.
      if (at - start > this.#windowMs) continue
      starts[first + step] = start
      if (step >= reached) reached = step + 1
      if (reached === this.#steps) break
    }
    this.#reached[viewer] = reached
    if (reached === this.#steps) this.isOpen[viewer] = 0
  }
}
