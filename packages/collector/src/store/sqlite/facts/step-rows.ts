import type { Chunk } from './fact-reader.ts'
import type { StepMarks } from './step-marks.ts'

export type StepColumn = 'time' | 'type' | 'viewer' | 'entity' | 'surface'

/** The columns that tell the steps of a funnel. */
export const stepColumns = ({ isNarrow }: StepMarks): readonly StepColumn[] =>
  isNarrow ? ['time', 'type', 'viewer', 'entity', 'surface'] : ['time', 'type', 'viewer']

/** What one day has of a funnel's steps: viewer by viewer in the order of their numbers, and of each in the order of time. */
export interface StepRows {
  viewers: Uint32Array
  /** How many rows each viewer has. */
  counts: Uint32Array
  /**
   * What each viewer did: a bit for each step; from bit {@link maxSteps} on how far they came on this day alone, however
   * long it took. 0 where a viewer's rows are elsewhere.
   */
  marks: Uint32Array
  /** When it was, in milliseconds since the day began, times 16, and the step. */
  rows: Uint32Array
}

const stepBits = 4
const stepMask = 2 ** stepBits - 1
export const stepOf = (row: number) => row & stepMask
export const timeOf = (row: number) => row >>> stepBits

/** That a funnel has: an event may be each of them. */
export const maxSteps = 10

const digitBits = 10
const digits = 2 ** digitBits

/** Gathers a day's rows of a funnel's steps. */
export class StepGatherer {
  readonly #marks: StepMarks
  #size = 0
  #viewer = new Uint32Array(4096)
  #row = new Uint32Array(4096)
  /** To sort into. */
  #sortedViewer = new Uint32Array(4096)
  #sortedRow = new Uint32Array(4096)

  constructor(marks: StepMarks) {
    this.#marks = marks
  }

  add(chunk: Chunk<'time' | 'type' | 'viewer'>, entityTypes: Uint32Array): void {
    const { rows, time, type, viewer } = chunk
    const { ofType, isNarrow } = this.#marks
    this.#makeRoom(rows * maxSteps)
    for (let row = 0; row < rows; row++) {
      let marks = ofType[type[row] as number] as number
      // A type that is beyond the end is none of them either.
      if (!marks) continue
      const id = viewer[row] as number
      if (id === 0) continue
      if (isNarrow) marks = this.#narrow(chunk, row, marks, entityTypes)
      if (marks !== 0) this.#push(id, time[row] as number, marks)
    }
  }

  /**
   * All of them, in order; the next day can be gathered.
   *
   * @param isMeant tells of each viewer; without it, all are
   */
  take(isMeant?: (viewer: number) => boolean): StepRows {
    this.#sortByViewer()
    const rows = this.#size
    this.#size = 0
    return byViewer(this.#viewer, this.#row, rows, isMeant)
  }

  #narrow(chunk: Chunk<'time'>, row: number, marks: number, entityTypes: Uint32Array): number {
    const { entity, surface } = chunk as Chunk<StepColumn>
    return this.#marks.narrow(marks, entityTypes[entity[row] as number] as number, surface[row] as number)
  }

  /** An event that may be several steps is one only: the last of them comes first, so that none goes on from another. */
  #push(viewer: number, time: number, marks: number): void {
    let size = this.#size
    for (let left = marks; left !== 0; ) {
      const step = 31 - Math.clz32(left)
      left ^= 1 << step
      this.#viewer[size] = viewer
      this.#row[size++] = (time << stepBits) | step
    }
    this.#size = size
  }

  #makeRoom(rows: number): void {
    if (this.#size + rows <= this.#viewer.length) return
    const room = Math.max(this.#size + rows, this.#viewer.length * 2)
    this.#viewer = grown(this.#viewer, room)
    this.#row = grown(this.#row, room)
    this.#sortedViewer = new Uint32Array(room)
    this.#sortedRow = new Uint32Array(room)
  }

  /** By digits of their numbers, the lowest first: rows of one viewer stay in the order of the log. */
  #sortByViewer(): void {
    let last = 0
    for (let n = 0; n < this.#size; n++) if ((this.#viewer[n] as number) > last) last = this.#viewer[n] as number
    for (let shift = 0; last >>> shift > 0; shift += digitBits) this.#sortByDigit(shift)
  }

  #sortByDigit(shift: number): void {
    const size = this.#size
    const [viewers, rows, sortedViewers, sortedRows] = [this.#viewer, this.#row, this.#sortedViewer, this.#sortedRow]
    const starts = new Uint32Array(digits + 1)
    for (let n = 0; n < size; n++) (starts[(((viewers[n] as number) >>> shift) & (digits - 1)) + 1] as number)++
    for (let digit = 1; digit < digits; digit++) (starts[digit] as number) += starts[digit - 1] as number
    for (let n = 0; n < size; n++) {
      const digit = ((viewers[n] as number) >>> shift) & (digits - 1)
      const at = starts[digit] as number
      starts[digit] = at + 1
      sortedViewers[at] = viewers[n] as number
      sortedRows[at] = rows[n] as number
    }
    ;[this.#viewer, this.#row, this.#sortedViewer, this.#sortedRow] = [sortedViewers, sortedRows, viewers, rows]
  }
}

function byViewer(
  viewer: Uint32Array,
  row: Uint32Array,
  size: number,
  isMeant?: (viewer: number) => boolean,
): StepRows {
  const found = new Collected(size)
  for (let from = 0, to = 0; from < size; from = to) {
    const id = viewer[from] as number
    for (to = from + 1; to < size && viewer[to] === id; ) to++
    if (isMeant && !isMeant(id)) continue
    sortByTime(row, from, to)
    for (let n = from; n < to; n++) found.push(row[n] as number)
    found.end(id)
  }
  return found.rows()
}

/**
 * Sets viewers who have later rows, too, apart from the others of a day. Returns the day's rows with these viewers' marks
 * at 0, and all rows of these viewers; at the same time the day's come first.
 */
export function setApart(day: StepRows, later: StepRows): [rest: StepRows, theirs: StepRows] {
  const marks = day.marks.slice()
  const found = new Collected(rowsOf(day, later.viewers) + later.rows.length)
  let [n, row, laterRow] = [0, 0, 0]
  for (let other = 0; other < later.viewers.length; other++) {
    const viewer = later.viewers[other] as number
    for (; n < day.viewers.length && (day.viewers[n] as number) < viewer; n++) row += day.counts[n] as number
    const isThere = day.viewers[n] === viewer
    const end = row + (isThere ? (day.counts[n] as number) : 0)
    const laterEnd = laterRow + (later.counts[other] as number)
    while (row < end || laterRow < laterEnd) {
      const isLater =
        row === end || (laterRow < laterEnd && timeOf(later.rows[laterRow] as number) < timeOf(day.rows[row] as number))
      found.push((isLater ? later.rows[laterRow++] : day.rows[row++]) as number)
    }
    found.end(viewer)
    if (isThere) marks[n++] = 0
  }
  return [{ ...day, marks }, found.rows()]
}

/** How many rows some viewers have. */
function rowsOf({ viewers, counts }: StepRows, some: Uint32Array): number {
  let [rows, n] = [0, 0]
  for (const viewer of some) {
    while (n < viewers.length && (viewers[n] as number) < viewer) n++
    if (viewers[n] === viewer) rows += counts[n] as number
  }
  return rows
}

/** The rows from one time of the day on and before another. */
export function within({ viewers, counts, rows }: StepRows, from: number, to: number): StepRows {
  const found = new Collected(rows.length)
  for (let n = 0, row = 0, end = 0; n < viewers.length; n++) {
    end += counts[n] as number
    for (; row < end; row++) {
      const each = rows[row] as number
      if (timeOf(each) >= from && timeOf(each) < to) found.push(each)
    }
    found.end(viewers[n] as number)
  }
  return found.rows()
}

/** Takes rows viewer by viewer. */
class Collected {
  readonly #viewers: Uint32Array
  readonly #counts: Uint32Array
  readonly #marks: Uint32Array
  readonly #rows: Uint32Array
  #people = 0
  #size = 0
  /** Of the viewer whose rows are being taken: where they begin, which steps they are, and how far they lead. */
  #from = 0
  #did = 0
  #depth = 0

  constructor(maxRows: number) {
    this.#viewers = new Uint32Array(maxRows)
    this.#counts = new Uint32Array(maxRows)
    this.#marks = new Uint32Array(maxRows)
    this.#rows = new Uint32Array(maxRows)
  }

  push(row: number): void {
    const step = stepOf(row)
    if (step === this.#depth) this.#depth++
    this.#did |= 1 << step
    this.#rows[this.#size++] = row
  }

  /** The rows taken since the last one's end, if any, are this viewer's. */
  end(viewer: number): void {
    if (this.#size === this.#from) return
    this.#viewers[this.#people] = viewer
    this.#marks[this.#people] = (this.#depth << maxSteps) | this.#did
    this.#counts[this.#people++] = this.#size - this.#from
    this.#from = this.#size
    this.#did = 0
    this.#depth = 0
  }

  rows(): StepRows {
    return {
      viewers: this.#viewers.subarray(0, this.#people),
      counts: this.#counts.subarray(0, this.#people),
      marks: this.#marks.subarray(0, this.#people),
      rows: this.#rows.subarray(0, this.#size),
    }
  }
}

/** A viewer's few rows lie in the order of the log, which is nearly that of time; at the same time it stays. */
function sortByTime(rows: Uint32Array, from: number, to: number): void {
  for (let n = from + 1; n < to; n++) {
    const row = rows[n] as number
    const time = timeOf(row)
    let at = n
    for (; at > from && timeOf(rows[at - 1] as number) > time; at--) rows[at] = rows[at - 1] as number
    rows[at] = row
  }
}

function grown(values: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(size)
  copy.set(values)
  return copy
}
