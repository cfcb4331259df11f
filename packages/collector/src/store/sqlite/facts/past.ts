import type { Database } from 'better-sqlite3'
import { dayMs } from '../days.ts'
import type { DaySources } from './day-visits.ts'
import { FirstTouches } from './first-touches.ts'
import type { Past, PastDays } from './past-table.ts'
import { siteBetween } from './site-count.ts'
import { packTouches } from './touches.ts'

interface Kept {
  /** The day before which it is. */
  before: number
  data: Buffer
}

/**
 * The reports' side: who needs to know who came first, and how, need not go through all days there ever were. As a rule
 * nothing comes in any more for the days of a past; an event for one of them drops it.
 */
export class Pasts {
  readonly #seen
  readonly #touches

  constructor(db: Database) {
    const last = 'FROM past WHERE before_day <= ? ORDER BY before_day DESC LIMIT 1'
    this.#seen = db.prepare<[number], Kept>(`SELECT before_day AS before, seen AS data ${last}`)
    this.#touches = db.prepare<[number], Kept>(`SELECT before_day AS before, touches AS data ${last}`)
  }

  /** Packed as a set of viewers: the latest that is kept before a day, or before one that is earlier. */
  seenBefore(day: number): Kept | undefined {
    return this.#seen.get(day)
  }

  /** Packed as the touches of a day, without their times. */
  touchesBefore(day: number): Kept | undefined {
    return this.#touches.get(day)
  }
}

/** @param lastViewer the largest number of a viewer */
export function makePast(sources: DaySources, { first, before }: PastDays, lastViewer: number): Past {
  const range = { from: first * dayMs, to: before * dayMs }
  const channels = new FirstTouches({ column: 'channel', of: asItIs }, lastViewer)
  const campaigns = new FirstTouches({ column: 'campaign', of: asItIs }, lastViewer)
  for (const day of sources.facts.days(range)) {
    channels.takeDay(sources, day, range)
    campaigns.takeDay(sources, day, range)
  }
  const viewers = touchedOf(channels)
  const numbersOf = ({ byViewer }: FirstTouches) => viewers.map((viewer) => (byViewer[viewer] as number) - 1)
  return {
    seen: siteBetween(sources, range).viewers.pack(),
    touches: packTouches(viewers, numbersOf(channels), numbersOf(campaigns)),
  }
}

const asItIs = (id: number) => id

/** A loop, as there are millions of them. */
function touchedOf({ byViewer }: FirstTouches): Uint32Array {
  const touched = new Uint32Array(byViewer.length)
  let size = 0
  for (let viewer = 0; viewer < byViewer.length; viewer++) if (byViewer[viewer] !== 0) touched[size++] = viewer
  return touched.subarray(0, size)
}
