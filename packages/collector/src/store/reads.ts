import type { Role } from '@tallymark/schemas'
import type { Tally, TrendingWeights } from '@tallymark/schemas/metrics'

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

/** A part of a list, and where the next one begins; null: it was the last. */
export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** An entity that events name, and that was never put. */
export interface UnregisteredEntity extends EntityRef {
  events: number
  /** The days of its first event and of its last, as `2026-06-15`. */
  firstDay: string
  lastDay: string
}

/** What is counted of one entity. */
export type EntityTally = Omit<Tally, 'watchTimeMs'>

/** What entities are ranked by: their score, their views, or how often an event type happened to them. */
export type RankedBy = 'engagementScore' | 'views' | { eventType: string }

/**
 * A place in a ranking. A larger value comes first; where values are equal, more views; then the id and the type in
 * their alphabetical order.
 */
export interface RankPlace extends EntityRef {
  value: number
  views: number
}

export interface RankedEntity extends EntityRef {
  title: string | null
  value: number
  tally: EntityTally
}

/** An entity's views and likes in a window of time and in the one before it. */
export interface RisingEntity extends EntityRef {
  title: string | null
  recent: { views: number; likes: number }
  previous: { views: number; likes: number }
  /** When it was published; where nobody said so, when its first event was. */
  bornAt: number
}

export interface SessionView {
  startedAt: number
  endedAt: number
  interactions: number
  /** The last user who was signed in. */
  actorId: string | null
  pageViews: number
  /** Entities with a view, each once. */
  entitiesViewed: number
  tally: Tally
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

/** Steps that viewers go through, one after the other, the last one so long after the first at most. */
export interface Funnel {
  steps: readonly FunnelStep[]
  windowMs: number
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

/** Whom a segment is made of; what is not given is no condition. */
export interface SegmentQuery {
  /** An event type that they did, at least so many times, where it is given on entities of a type. */
  did?: string | undefined
  minCount: number
  entityType?: string | undefined
  didNot?: string | undefined
  /** What they searched for. */
  query?: string | undefined
  /** The name of a filter, or name and value as `name:value`. */
  filter?: string | undefined
  /** Of a signed-in user, as `dimension:value`, whenever they told it. */
  preference?: string | undefined
  range: Range
}

/** A viewer of a segment; count and times are those of what they did. Nobody's id is known who left none. */
export interface SegmentMember {
  actorId: string | null
  email: string | null
  anonymousId: string | null
  count: number
  firstSeen: string
  lastSeen: string
}

/** By what events can be told apart. */
export type Dimension =
  | 'eventType'
  | 'entityType'
  | 'entityId'
  | 'ownerId'
  | 'surface'
  | 'source'
  | 'channel'
  | 'device'
  | 'browser'
  | 'os'
  | 'country'
  | 'utmSource'
  | 'utmMedium'
  | 'utmCampaign'

/** The events that agree in some dimensions and lie in one bucket; a value is null where an event says nothing of it. */
export interface Group {
  /** The number of the bucket. */
  bucket: number
  /** The values, in the order of the dimensions. */
  key: (string | null)[]
  events: number
  counts: Partial<Record<Role, number>>
  completedViews: number
  watchTimeMs: number
  viewers: number
  viewersOfViews: number
  sessions: number
}

/** Every read: its query and its answer. */
export interface Reads {
  /** What happened in a scope. */
  activity: [query: { scope: Scope; range: Range; roles: RoleTypes }, answer: Activity]
  /** The sessions that started in a range; those of an owner have an event on one of their entities. */
  sessionTotals: [query: { range: Range; ownerId?: string | undefined }, answer: SessionTotals]
  /** Entities that something happened to and that have so many views, the best first; those that come after a place. */
  ranking: [
    query: {
      scope: Scope
      range: Range
      roles: RoleTypes
      by: RankedBy
      minViews: number
      limit: number
      after?: RankPlace | undefined
    },
    answer: RankedEntity[],
  ]
  /** The ranking over all time, from what is stored for it. */
  standings: [
    query: { entityType?: string | undefined; roles: RoleTypes; by: RankedBy; minViews: number; limit: number },
    answer: RankedEntity[],
  ]
  /** Entities that were viewed or liked in the last two windows, the fastest rising first. */
  rising: [
    query: {
      entityType?: string | undefined
      roles: RoleTypes
      now: number
      windowMs: number
      weights: TrendingWeights
      limit: number
      /** Without private entities, and without what a client sent beyond its cap. */
      publicOnly: boolean
    },
    answer: RisingEntity[],
  ]
  /** How many entities an owner has. */
  ownedEntities: [query: { ownerId: string }, answer: number]
  /**
   * Entities of these types that events name, and that were never put, in the order in which they were first named.
   * Events count as they do in counts.
   */
  unregistered: [
    query: { entityTypes: readonly string[]; cursor?: string | undefined; limit: number },
    answer: Page<UnregisteredEntity>,
  ]
  /** How many of these there are, by each of the types. */
  unregisteredCounts: [query: { entityTypes: readonly string[] }, answer: number[]]
  /** One session; null when nothing is known of it. */
  session: [query: { sessionId: string; roles: RoleTypes }, answer: SessionView | null]
  /** All events of a range, and its distinct viewers; of frozen days nobody knows those. */
  siteTotals: [query: { range: Range }, answer: { events: number; viewers: number }]
  /** Events and distinct viewers between each of the instants and the next. */
  series: [query: { scope: Scope; edges: readonly number[] }, answer: { count: number; unique: number }[]]
  /** The viewers that reach each of the steps, all within a window from the first one. */
  funnel: [query: Funnel & { range: Range }, answer: number[]]
  /** Visitors, sessions and events of a type by what the session, or the viewer's first one, came by. */
  attribution: [
    query: { model: 'first' | 'last'; by: AttributionDimension; goal: string; range: Range },
    answer: AttributedRow[],
  ]
  /** The viewers by the variant that they saw first; converted ones did the goal then or later. */
  experiment: [query: { name: string; exposureType: string; goal: string; range: Range }, answer: VariantCount[]]
  /** Events by dimensions, between each of the instants and the next; nothing when that makes too many groups. */
  groups: [
    query: {
      dimensions: readonly Dimension[]
      /** Events count that have one of the values. */
      filters: readonly { dimension: Dimension; values: readonly (string | null)[] }[]
      edges: readonly number[]
      roles: RoleTypes
      maxGroups: number
    },
    answer: { groups: Group[]; isComplete: boolean },
  ]
  /** Some viewers of a segment, and behind which one the next follow. */
  segment: [
    query: SegmentQuery & { after: number; limit: number },
    answer: { members: SegmentMember[]; next: number | null },
  ]
  /** Events by the quarter of an hour in which they lie, in order; quarters without any are left out. */
  slots: [query: { scope: Scope; range: Range }, answer: { starts: Float64Array; counts: Float64Array }]
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

/** What one viewer did to one entity by one event type. The viewer's number is theirs alone, and stays. */
export interface SignalRow {
  viewer: number
  actorId: string | null
  anonymousId: string | null
  entityType: string | null
  entityId: string | null
  eventType: string
  count: number
  completions: number
  durationMs: number
  firstAt: string
  lastAt: string
}

/** One event in the sequence of its viewer. */
export interface SequenceRow {
  viewer: number
  actorId: string | null
  anonymousId: string | null
  sessionId: string | null
  occurredAt: string
  eventType: string
  entityType: string | null
  entityId: string | null
  surface: string | null
  source: string | null
  position: number | null
  durationMs: number
  completed: boolean
}

/** Tables with more rows than one answer should hold: the query and a row of each. */
export interface Streams {
  segment: [query: SegmentQuery, row: SegmentMember]
  signals: [query: { scope: Scope; range: Range }, row: SignalRow]
  sequences: [query: { scope: Scope; range: Range }, row: SequenceRow]
}

export type StreamName = keyof Streams
export type StreamQuery<Name extends StreamName> = Streams[Name][0]
export type StreamRow<Name extends StreamName> = Streams[Name][1]
