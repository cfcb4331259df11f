import type { Database } from 'better-sqlite3'
import { dayMs } from '../days.ts'
import { FactReader } from './fact-reader.ts'
import { SlotSums, slotColumns } from './slot-sums.ts'
import { eachViewerSet, ViewerSets, viewerColumns } from './viewer-sets.ts'

/** The kinds of summaries; the place in the list is the number under which they are kept. */
export const summaryKinds = ['slots', 'viewers', 'anybody'] as const
export type SummaryKind = (typeof summaryKinds)[number]

/** What a day comes to, up to one of its parts. */
export interface DaySummary {
  data: Buffer
  /** The first part that it does not cover. */
  parts: number
}

/** Packed sets of viewers, up to a part of their day. */
export interface DayViewers {
  sets: readonly Buffer[]
  parts: number
}

/** The reports' side of the summaries: reads them, and makes new ones from a day's facts. */
export class DaySummaries {
  readonly #facts: FactReader
  readonly #read

  constructor(db: Database) {
    this.#facts = new FactReader(db)
    this.#read = db.prepare<[number, number], DaySummary>(
      'SELECT data, parts FROM day_summary WHERE day = ? AND kind = ?',
    )
  }

  of(day: number, kind: SummaryKind): DaySummary | undefined {
    return this.#read.get(day, summaryKinds.indexOf(kind))
  }

  /** The sets of those who did what is meant; unless that is said, of those who did anything. */
  viewers(day: number, isMeant?: (type: number, entityType: number) => boolean): DayViewers | undefined {
    const summary = this.of(day, isMeant ? 'viewers' : 'anybody')
    if (!summary) return undefined
    const { parts, data } = summary
    if (!isMeant) return { parts, sets: [data] }
    const sets: Buffer[] = []
    eachViewerSet(data, (type, entityType, set) => {
      if (isMeant(type, entityType)) sets.push(set)
    })
    return { parts, sets }
  }

  /** Makes the summaries of a day's first parts, by the number of their kind. */
  make(day: number, parts: number, entityTypes: Uint32Array): Buffer[] {
    const whole = { from: day * dayMs, to: (day + 1) * dayMs }
    const slots = new SlotSums()
    const viewers = new ViewerSets()
    const names = [...new Set([...slotColumns, ...viewerColumns])]
    this.#facts.scanDay(
      day,
      whole,
      names,
      (chunk) => {
        slots.add(chunk, entityTypes)
        viewers.add(chunk, entityTypes)
      },
      0,
      parts,
    )
    return [slots.pack(), viewers.pack(), viewers.packAnybody()]
  }
}
