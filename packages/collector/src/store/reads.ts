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

export interface EntityRef {
  entityType: string
  entityId: string
}

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

/** One step of a funnel: an event of a type, where it says so on an entity of a type, at a place in the product. */
export interface FunnelStep {
  eventType: string
  entityType?: string | undefined
  surface?: string | undefined
}

/** By what visitors came: the channel, or a name from the campaign. */
export type AttributionDimension = 'utmSource' | 'utmMedium' | 'utmCampaign' | 'channel'

/** What came by one key; null is what says nothing of it. */
export interface AttributedRow {
  key: string | null
  visitors: number
  sessions: number
  conversions: number
}

/** The viewers of one variant of an experiment. */
export interface VariantCount {
  variant: string
  exposures: number
  conversions: number
}

/** Every read: its query and its answer. */
export interface Reads {
  /** What happened in a scope. */
  activity: [query: { scope: Scope; range: Range; roles: RoleTypes }, answer: Activity]
  /** The sessions that started in a range; those of an owner have an event on one of their entities. */
  sessionTotals: [query: { range: Range; ownerId?: string | undefined }, answer: SessionTotals]
  /** Events and distinct viewers between each of the instants and the next. */
  series: [query: { scope: Scope; edges: readonly number[] }, answer: { count: number; unique: number }[]]
  /** The viewers that reach each of the steps, all within a window from the first one. */
  funnel: [query: { steps: readonly FunnelStep[]; windowMs: number; range: Range }, answer: number[]]
  /** Visitors, sessions and events of a type by what the session, or the viewer's first one, came by. */
  attribution: [
    query: { model: 'first' | 'last'; by: AttributionDimension; goal: string; range: Range },
    answer: AttributedRow[],
  ]
  /** The viewers by the variant that they saw first; converted ones did the goal then or later. */
  experiment: [query: { name: string; exposureType: string; goal: string; range: Range }, answer: VariantCount[]]
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
