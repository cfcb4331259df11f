import type { Range } from '../../reads.ts'
import { dayMs, hasWholeDay } from '../days.ts'
import { type DaySources, type DayVisits, inOrder, type VisitOrigins, visitsOf } from './day-visits.ts'
import type { Chunk } from './fact-reader.ts'
import { placeOf } from './place-of.ts'
import { touchesIn } from './touches.ts'

/** What is kept of a touch: a number of ours for the one that a column has. */
export interface TouchNumbers {
  column: 'channel' | 'campaign'
  of(id: number): number
}

/** Of each viewer how they came first, that is the earliest event which says so. Days are taken in their order. */
export class FirstTouches {
  readonly numbers: TouchNumbers
  /** By viewer: 0 while nothing says how they came, then the number of it and one. */
  readonly byViewer: Uint32Array

  constructor(numbers: TouchNumbers, lastViewer: number) {
    this.numbers = numbers
    this.byViewer = new Uint32Array(lastViewer + 1)
  }

  /**
   * Takes what a range has of a day: where the day's first touches are kept, they, and those that came earlier in the parts
   * which they do not cover.
   *
   * @param visits of the day in the range, where they are known
   */
  takeDay(sources: DaySources, day: number, range: Range, visits?: DayVisits): void {
    const summary = hasWholeDay(range, day) ? sources.summaries.of(day, 'touches') : undefined
    if (!summary) {
      inOrder(visits ?? visitsOf(sources, day, range), (some, begin, end) => this.#take(some, begin, end))
      return
    }
    const kept = touchesIn(summary)
    const later = new LaterTouches(this)
    const columns = ['time', 'viewer', 'channel', 'campaign'] as const
    sources.facts.scanDay(day, range, columns, (chunk) => later.add(chunk), summary.parts)
    const viewer = kept.viewers()
    later.takeBefore(viewer, () => kept.column('time'))
    this.takeTouches(viewer, kept.column(this.numbers.column))
  }

  /** Of viewers who came in some way for sure. */
  takeTouches(viewer: Uint32Array, origin: ArrayLike<number>): void {
    const [firsts, numbers] = [this.byViewer, this.numbers]
    for (let row = 0; row < viewer.length; row++) {
      const who = viewer[row] as number
      if (firsts[who] === 0) firsts[who] = numbers.of(origin[row] as number) + 1
    }
  }

  #take(visits: VisitOrigins, begin: number, end: number): void {
    const { viewer, channel, campaign } = visits
    const [firsts, numbers, origin] = [this.byViewer, this.numbers, visits[this.numbers.column]]
    for (let row = begin; row < end; row++) {
      const who = viewer[row] as number
      if (who === 0 || firsts[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
      firsts[who] = numbers.of(origin[row] as number) + 1
    }
  }
}

/** How those came who had not come before, in the parts of a day that its summary does not reach. */
class LaterTouches {
  readonly #firsts: FirstTouches
  readonly #found = new Map<number, { at: number; number: number }>()

  constructor(firsts: FirstTouches) {
    this.#firsts = firsts
  }

  add(chunk: Chunk<'time' | 'viewer' | 'channel' | 'campaign'>): void {
    const { rows, time, viewer, channel, campaign } = chunk
    const { byViewer, numbers } = this.#firsts
    for (let row = 0; row < rows; row++) {
      const who = viewer[row] as number
      const at = time[row] as number
      if (who === 0 || byViewer[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
      if (at >= (this.#found.get(who)?.at ?? dayMs)) continue
      this.#found.set(who, { at, number: numbers.of(chunk[numbers.column][row] as number) })
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
    for (const [who, { at, number }] of this.#found) {
      const row = placeOf(viewer, who)
      // Of the same instant the one that was folded first counts.
      if (viewer[row] !== who || at < (times[row] as number)) byViewer[who] = number + 1
    }
  }
}
