import { dayMs } from '../days.ts'
import { packColumn, unpackWhole } from './column.ts'
import type { Chunk } from './fact-reader.ts'
import type { PackedRecord } from './packed-record.ts'
import type { SummaryKind, Summing } from './summary-kind.ts'
import { timeOrder } from './time-order.ts'
import { withSize, words } from './words.ts'

export const visitColumns = ['time', 'type', 'viewer', 'session', 'channel', 'campaign'] as const
const kept = ['viewer', 'session', 'channel', 'campaign'] as const
type Kept = (typeof kept)[number]

/**
 * What one viewer did in one session on a day, each a row: the first touch, that is an event which says how they came,
 * and how many events there were of each type. What has no viewer, or no session, is a row for each touch. The rows are
 * in the order of their touches; those without any come last.
 */
export interface VisitRows {
  rows: number
  column(name: Kept): Uint32Array
  /** When the touch was, in milliseconds since the day began. */
  times(): Uint32Array
  /** How many events of a type each row has; empty when none has any. */
  counts(type: number): Uint32Array
}

const none = new Uint32Array()

/** Later than any time of a day: nothing has said yet how they came. */
const never = dayMs

const pageBits = 12
const pageSize = 2 ** pageBits

/** Adds up the visits of a day. */
export class Visits implements Summing<(typeof visitColumns)[number]> {
  readonly #rows: Record<Kept, number[]> = { viewer: [], session: [], channel: [], campaign: [] }
  readonly #time: number[] = []
  /** The number of the event that is the touch: it decides between touches of the same instant. */
  readonly #touch: number[] = []
  /** By event type, the visit of each of its events. */
  readonly #visits = new Map<number, number[]>()
  /** By session, in pages, the visit of its first viewer and one: the sessions of a day lie close together. */
  readonly #first: Uint32Array[] = []
  /** Visits of further viewers of a session, and those without viewer or session. */
  readonly #others = new Map<string, number>()
  #events = 0

  add({ rows, time, type, viewer, session, channel, campaign }: Chunk<(typeof visitColumns)[number]>): void {
    for (let row = 0; row < rows; row++) {
      const from = channel[row] as number
      const by = campaign[row] as number
      const visit = this.#visitOf(viewer[row] as number, session[row] as number, from, by)
      this.#count(type[row] as number, visit)
      this.#events++
      if ((from === 0 && by === 0) || (time[row] as number) >= (this.#time[visit] as number)) continue
      this.#time[visit] = time[row] as number
      this.#touch[visit] = this.#events
      this.#rows.channel[visit] = from
      this.#rows.campaign[visit] = by
    }
  }

  sorted(): VisitRows {
    const order = this.#order()
    const inOrder = (values: ArrayLike<number>) => order.map((visit) => values[visit] as number)
    return {
      rows: order.length,
      column: (name) => inOrder(this.#rows[name]),
      times: () => inOrder(this.#time),
      counts: (type) => {
        const visits = this.#visits.get(type)
        return visits ? inOrder(countEach(visits, order.length)) : none
      },
    }
  }

  /** The columns, then the event types, each with its counts. */
  pack(): Buffer {
    const { column, times, counts } = this.sorted()
    const time = times()
    const gap = time.map((at, row) => (row === 0 || at === never ? 0 : at - (time[row - 1] as number)))
    const columns = [...kept.map(column), gap].map((values) => withSize(packColumn(values)))
    const types = [...this.#visits.keys()].sort((a, b) => a - b)
    const byType = types.flatMap((type) => [words(type), withSize(packColumn(counts(type)))])
    return Buffer.concat([words(time.length, time[0] ?? 0), ...columns, ...byType])
  }

  #visitOf(viewer: number, session: number, channel: number, campaign: number): number {
    if (viewer === 0 || session === 0)
      return this.#otherVisit(`${viewer} ${session} ${channel} ${campaign}`, viewer, session)
    const page = this.#pageOf(session)
    const known = page[session % pageSize] as number
    if (known === 0) {
      const visit = this.#begin(viewer, session)
      page[session % pageSize] = visit + 1
      return visit
    }
    if (this.#rows.viewer[known - 1] === viewer) return known - 1
    return this.#otherVisit(`${viewer} ${session}`, viewer, session)
  }

  #pageOf(session: number): Uint32Array {
    const at = session >>> pageBits
    let page = this.#first[at]
    if (!page) {
      page = new Uint32Array(pageSize)
      this.#first[at] = page
    }
    return page
  }

  #otherVisit(key: string, viewer: number, session: number): number {
    let visit = this.#others.get(key)
    if (visit === undefined) {
      visit = this.#begin(viewer, session)
      this.#others.set(key, visit)
    }
    return visit
  }

  #begin(viewer: number, session: number): number {
    this.#rows.viewer.push(viewer)
    this.#rows.session.push(session)
    this.#rows.channel.push(0)
    this.#rows.campaign.push(0)
    this.#touch.push(this.#events)
    return this.#time.push(never) - 1
  }

  #count(type: number, visit: number): void {
    const visits = this.#visits.get(type)
    if (visits) visits.push(visit)
    else this.#visits.set(type, [visit])
  }

  #order(): Uint32Array {
    const visits = this.#time.length
    const byTouch = timeOrder(Uint32Array.from(this.#touch), visits)
    const byTime = timeOrder(
      byTouch.map((visit) => this.#time[visit] as number),
      visits,
    )
    return byTime.map((n) => byTouch[n] as number)
  }
}

function countEach(visits: readonly number[], size: number): Uint32Array {
  const counts = new Uint32Array(size)
  for (const visit of visits) (counts[visit] as number)++
  return counts
}

/** How viewers came on a day, and what they did then: attribution by session and by viewer needs nothing else. */
export const visits: SummaryKind<(typeof visitColumns)[number]> = {
  columns: visitColumns,
  begin: () => new Visits(),
}

/** The visits of a packed day. */
export function visitsIn(record: PackedRecord): VisitRows {
  const column = (name: Kept) =>
    record.unpacked(name, (packed) => numbersAt(packed, startsOf(packed)[kept.indexOf(name)] as number))
  return {
    // By a column that whoever reads visits needs anyway: the record itself may not be there.
    rows: column('viewer').length,
    column,
    times: () => record.unpacked('time', timesOf),
    counts: (type) => record.unpacked(`count ${type}`, (packed) => countsOf(packed, type)),
  }
}

/** Where the columns of a record lie, then its times, and then its counts. */
function startsOf(packed: Buffer): number[] {
  const starts = [8]
  while (starts.length <= kept.length + 1) starts.push(after(packed, starts.at(-1) as number))
  return starts
}

const after = (packed: Buffer, at: number) => at + 4 + packed.readUInt32LE(at)

const numbersAt = (packed: Buffer, at: number): Uint32Array =>
  unpackWhole(packed.subarray(at + 4, after(packed, at)), packed.readUInt32LE(0))

function timesOf(packed: Buffer): Uint32Array {
  const times = numbersAt(packed, startsOf(packed)[kept.length] as number)
  let time = packed.readUInt32LE(4)
  for (let row = 0; row < times.length; row++) {
    time += times[row] as number
    times[row] = time
  }
  return times
}

function countsOf(packed: Buffer, type: number): Uint32Array {
  for (let at = startsOf(packed).at(-1) as number; at < packed.length; at = after(packed, at + 4)) {
    if (packed.readUInt32LE(at) === type) return numbersAt(packed, at + 4)
  }
  return none
}
