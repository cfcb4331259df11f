import { dayMs } from '../days.ts'
import { packColumn, unpackWhole } from './column.ts'
import type { Chunk } from './fact-reader.ts'
import { packTable, unpackTable } from './packed-table.ts'
import type { SummaryKind, Summing } from './summary-kind.ts'
import { timeOrder } from './time-order.ts'

export const visitColumns = ['time', 'type', 'viewer', 'session', 'channel', 'campaign'] as const
const names = ['gap', 'viewer', 'session', 'channel', 'campaign'] as const

/**
 * What one viewer did in one session on a day, each a row: the first touch, that is an event which says how they came,
 * and how many events there were of each type. What has no viewer, or no session, is a row for each touch. The rows are
 * in the order of their touches; those without any come last.
 */
export interface VisitRows {
  rows: number
  viewer: Uint32Array
  session: Uint32Array
  channel: Uint32Array
  campaign: Uint32Array
  /** When the touch was, in milliseconds since the day began. */
  times(): Uint32Array
  /** How many events of a type each row has; undefined when none has any. */
  counts(type: number): Uint32Array | undefined
}

/** Later than any time of a day: nothing has said yet how they came. */
const never = dayMs

const pageBits = 12
const pageSize = 2 ** pageBits

/** Adds up the visits of a day. */
export class Visits implements Summing<(typeof visitColumns)[number]> {
  readonly #viewer: number[] = []
  readonly #session: number[] = []
  readonly #channel: number[] = []
  readonly #campaign: number[] = []
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
      this.#channel[visit] = from
      this.#campaign[visit] = by
    }
  }

  sorted(): VisitRows {
    const order = this.#order()
    const column = (values: readonly number[]) => order.map((visit) => values[visit] as number)
    return {
      rows: order.length,
      viewer: column(this.#viewer),
      session: column(this.#session),
      channel: column(this.#channel),
      campaign: column(this.#campaign),
      times: () => column(this.#time),
      counts: (type) => this.#counts(type, order),
    }
  }

  /** The rows, then each event type with its counts. */
  pack(): Buffer {
    const { rows, viewer, session, channel, campaign, times, counts } = this.sorted()
    const time = times()
    const gap = time.map((at, row) => (row === 0 || at === never ? 0 : at - (time[row - 1] as number)))
    const table = packTable([gap, viewer, session, channel, campaign])
    const types = [...this.#visits.keys()].sort((a, b) => a - b)
    const packed = types.flatMap((type) => {
      const data = packColumn(counts(type) ?? [])
      return [words(type, data.length), data]
    })
    return Buffer.concat([words(rows === 0 ? 0 : (time[0] as number), table.length), table, ...packed])
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
    if (this.#viewer[known - 1] === viewer) return known - 1
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
    this.#viewer.push(viewer)
    this.#session.push(session)
    this.#channel.push(0)
    this.#campaign.push(0)
    this.#time.push(never)
    this.#touch.push(this.#events)
    return this.#viewer.length - 1
  }

  #count(type: number, visit: number): void {
    const visits = this.#visits.get(type)
    if (visits) visits.push(visit)
    else this.#visits.set(type, [visit])
  }

  #counts(type: number, order: Uint32Array): Uint32Array | undefined {
    const visits = this.#visits.get(type)
    if (!visits) return undefined
    const counts = new Uint32Array(order.length)
    for (const visit of visits) (counts[visit] as number)++
    return order.map((visit) => counts[visit] as number)
  }

  #order(): Uint32Array {
    const visits = this.#viewer.length
    const byTouch = timeOrder(Uint32Array.from(this.#touch), visits)
    const byTime = timeOrder(
      byTouch.map((visit) => this.#time[visit] as number),
      visits,
    )
    return byTime.map((n) => byTouch[n] as number)
  }
}

const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer)

/** How viewers came on a day, and what they did then: attribution by session and by viewer needs nothing else. */
export const visits: SummaryKind<(typeof visitColumns)[number]> = {
  columns: visitColumns,
  begin: () => new Visits(),
}

export function unpackVisits(packed: Buffer): VisitRows {
  const begin = packed.readUInt32LE(0)
  const end = 8 + packed.readUInt32LE(4)
  const { rows, gap, ...columns } = unpackTable(packed.subarray(8, end), names)
  return {
    rows,
    ...(columns as Record<Exclude<(typeof names)[number], 'gap'>, Uint32Array>),
    times() {
      let time = begin
      return (gap as Uint32Array).map((each) => {
        time += each
        return time
      })
    },
    counts(type) {
      for (let at = end; at < packed.length; at += 8 + packed.readUInt32LE(at + 4)) {
        const size = packed.readUInt32LE(at + 4)
        if (packed.readUInt32LE(at) === type) return unpackWhole(packed.subarray(at + 8, at + 8 + size), rows)
      }
      return undefined
    },
  }
}
