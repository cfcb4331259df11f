import type { Database } from 'better-sqlite3'
import { dayMs } from '../days.ts'
import { DaySummary } from './day-summary.ts'
import { daySums } from './day-sums.ts'
import { entitySums } from './entity-sums.ts'
import type { FactColumn } from './fact.ts'
import { FactReader } from './fact-reader.ts'
import { funnelSteps, isOf, type Steps, stepsKey } from './funnel-steps.ts'
import { placeCounts } from './place-counts.ts'
import { slotCounts } from './slot-counts.ts'
import type { Summary } from './summaries.ts'
import { SummaryCache } from './summary-cache.ts'
import type { SummaryKind } from './summary-kind.ts'
import { termEvents } from './term-events.ts'
import { touches } from './touches.ts'
import { emptySet, type UnpackedSet, unpackSet } from './viewer-set.ts'
import { any, ViewerSets, viewerColumns } from './viewer-sets.ts'
import { visits } from './visits.ts'

/** The kinds of summaries beside the viewers; the place in the list is the number under which they are kept. */
const kinds = {
  sums: daySums,
  slots: slotCounts,
  places: placeCounts,
  terms: termEvents,
  entities: entitySums,
  visits,
  touches,
}
type Kind = keyof typeof kinds
const kindNames = Object.keys(kinds) as Kind[]
/** How many there are; behind them come the funnels that the plan declares, each a kind by itself. */
export const summaryKinds = kindNames.length

interface SummaryVersion {
  parts: number
  /** What it was made of, as a plan says: the same parts after as many edits come to the same record. */
  version: string
}

/**
 * The reports' side of the summaries: reads them, and makes new ones from a day's facts. All that is kept of one day
 * covers the same parts.
 */
export class DaySummaries {
  readonly #funnels: readonly Steps[]
  readonly #facts: FactReader
  readonly #cache = new SummaryCache()
  readonly #id
  readonly #version
  readonly #data
  readonly #has
  readonly #count
  readonly #set

  /** @param funnels that the plan declares */
  constructor(db: Database, funnels: readonly Steps[] = []) {
    this.#funnels = funnels
    this.#facts = new FactReader(db)
    this.#id = db.prepare<[string], number>('SELECT id FROM dictionary WHERE value = ?').pluck()
    // Joined, SQLite takes nine times as long.
    this.#version = db.prepare<[number, number], SummaryVersion>(`
      SELECT parts, concat_ws(' ', parts, (SELECT edits FROM fact_day d WHERE d.day = s.day)) AS version
      FROM day_summary s WHERE s.day = ? AND kind = ?`)
    this.#data = db.prepare<[number, number], Buffer>('SELECT data FROM day_summary WHERE day = ? AND kind = ?').pluck()
    this.#has = db.prepare<[number, number], number>('SELECT 1 FROM day_summary WHERE day = ? AND kind = ?').pluck()
    this.#count = db
      .prepare<[number, number, number], number>(
        'SELECT viewers FROM day_viewers WHERE type = ? AND entity_type = ? AND day = ?',
      )
      .pluck()
    this.#set = db
      .prepare<[number, number, number], Buffer>(
        'SELECT data FROM day_viewers WHERE type = ? AND entity_type = ? AND day = ?',
      )
      .pluck()
  }

  of(day: number, kind: Kind): DaySummary | undefined {
    return this.#summary(day, kindNames.indexOf(kind))
  }

  /** The rows of a funnel's steps, where the plan declares one of them. */
  steps(day: number, funnel: Steps): DaySummary | undefined {
    const kind = this.#kindOf(funnel)
    const kept = kind === undefined ? undefined : this.#summary(day, kind)
    return kept && isOf(kept, funnel) ? kept : undefined
  }

  hasSteps(day: number, funnel: Steps): boolean {
    const kind = this.#kindOf(funnel)
    return kind !== undefined && this.#has.get(day, kind) !== undefined
  }

  /** How many did what is meant, by event type and entity type or {@link any}. Undefined where nobody did. */
  viewerCount(day: number, type = any, entityType = any): number | undefined {
    return this.#count.get(type, entityType, day)
  }

  /** Who did it. */
  viewerSet(day: number, type = any, entityType = any): UnpackedSet {
    const sums = this.#version.get(day, kindNames.indexOf('sums'))
    if (!sums) return emptySet
    return this.#cache.of(`${day} viewers ${type} ${entityType}`, sums.version, () => {
      const packed = this.#set.get(type, entityType, day)
      return packed ? unpackSet(packed) : emptySet
    })
  }

  /** Makes the summaries of a day's first parts. */
  make(day: number, parts: number, entityTypes: Uint32Array, funnels = this.#funnels): Summary {
    const whole = { from: day * dayMs, to: (day + 1) * dayMs }
    const viewers = new ViewerSets()
    const all = [
      ...kindNames.map((name) => kinds[name] as SummaryKind<FactColumn>),
      ...funnels.map((funnel) => funnelSteps(funnel, (name) => this.#id.get(name)) as SummaryKind<FactColumn>),
    ]
    const summings = all.map((kind) => kind.begin())
    const columns = [...new Set([...viewerColumns, ...all.flatMap((kind) => kind.columns)])]
    this.#facts.scanDay<FactColumn>(
      day,
      whole,
      columns,
      (chunk) => {
        viewers.add(chunk, entityTypes)
        for (const summing of summings) summing.add(chunk, entityTypes)
      },
      0,
      parts,
    )
    return { kinds: summings.map((summing) => summing.pack()), viewers: viewers.pack() }
  }

  #summary(day: number, kind: number): DaySummary | undefined {
    const { parts, version } = this.#version.get(day, kind) ?? {}
    if (parts === undefined || version === undefined) return undefined
    const fetch = () => this.#data.get(day, kind) as Buffer
    return new DaySummary(parts, { cache: this.#cache, key: `${day} ${kind}`, version, fetch })
  }

  /** Undefined where the plan does not declare such a funnel. */
  #kindOf(funnel: Steps): number | undefined {
    const at = this.#funnels.findIndex((each) => stepsKey(each) === stepsKey(funnel))
    return at === -1 ? undefined : summaryKinds + at
  }
}
