import type { Role } from '@tallymark/schemas'
import type { Tally } from '@tallymark/schemas/metrics'

// What reports ask of the store, and what it answers: numbers as they are counted, to which `reports/` applies the
// formulas. Times are milliseconds since the epoch.

/** From an instant to before another. */
export interface Range {
  from: number
  to: number
}

/** The event types of a plan by the role they have in the metrics. */
export type RoleTypes = Readonly<Partial<Record<Role, readonly string[]>>>

/** Which events are meant; whatever is not given is no limit. */
export interface Scope {
  eventTypes?: readonly string[] | undefined
  entityType?: string | undefined
  entityId?: string | undefined
  /** Of entities that belong to this owner. */
  ownerId?: string | undefined
}

/** A tally with the distinct viewers behind its views. */
export interface Activity {
  tally: Tally
  uniqueViewers: number
}

export interface SessionTotals {
  sessions: number
  durationMs: number
  /** With one interaction at most. */
  bounced: number
}

/** Every read: its query and its answer. */
export interface Reads {
  /** What happened in a scope. */
  activity: [query: { scope: Scope; range: Range; roles: RoleTypes }, answer: Activity]
  /** The sessions that started in a range; those of an owner have an event on one of their entities. */
  sessionTotals: [query: { range: Range; ownerId?: string | undefined }, answer: SessionTotals]
  /** Events and distinct viewers between each of the instants and the next. */
  series: [query: { scope: Scope; edges: readonly number[] }, answer: { count: number; unique: number }[]]
  /** Events by the quarter of an hour in which they lie; quarters without any are left out. */
  slots: [query: { scope: Scope; range: Range }, answer: { start: number; count: number }[]]
  /** Impressions and clicks by where they were; those that do not say are left out. */
  places: [
    query: { by: 'position' | 'surface'; scope: Scope; range: Range; roles: RoleTypes },
    answer: { key: string | number; impressions: number; clicks: number }[],
  ]
  /** What was searched for and filtered by, the most frequent first. */
  discovery: [
    query: { range: Range; roles: RoleTypes; limit: number },
    answer: {
      searches: { query: string; count: number; unique: number; zeroResults: number }[]
      filters: { filter: string; value: unknown; count: number }[]
    },
  ]
  /**
   * Of those who were first seen between two of the instants, how many were seen between these and between each later
   * two.
   */
  cohorts: [query: { edges: readonly number[] }, answer: number[][]]
}

export type ReadName = keyof Reads
export type ReadQuery<Name extends ReadName> = Reads[Name][0]
export type ReadAnswer<Name extends ReadName> = Reads[Name][1]
