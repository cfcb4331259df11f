import type {
  ActivationKind,
  ActivationStatus,
  CountsAnswer,
  EntityView,
  PreferencesAnswer,
  Visibility,
} from '@tallymark/schemas'
import type { TableFormat } from '../row-text.ts'
import type { Page, ReadAnswer, ReadName, ReadQuery, StreamName, StreamQuery } from './reads.ts'

/** Who may claim an event id: ids are unique among those who hold the public key, and among servers. */
export type Trust = 'public' | 'server'

/** An authenticated user, from a verified user token or named by a server. */
export interface Actor {
  id: string
  type: string | null
  /** What the token says of the user, as JSON; null leaves what is known. */
  traits: string | null
}

/** An event on its way into the log: validated, with its clock corrected, its keys computed. */
export interface NewEvent {
  id: string
  trust: Trust
  eventType: string
  entityType: string | null
  entityId: string | null
  /** The entity must have been put before; otherwise it comes into being with its first event. */
  registered: boolean
  actor: Actor | null
  anonymousId: string | null
  sessionId: string | null
  /** Who it was for the day, where no id is kept: 16 hexadecimal digits. */
  dayViewer: string | null
  /** Names the client that sent it, for today only: to cap what it counts for; no part of the row. Null: no cap. */
  clientKey: string | null
  source: string
  surface: string | null
  position: number | null
  durationMs: number | null
  completed: boolean | null
  /** JSON, as sent. */
  props: string | null
  /** Of the attribution and of the context, as JSON: what repeats from event to event, apart from what does not. */
  campaign: string | null
  arrival: string | null
  device: string | null
  page: string | null
  channel: string | null
  /** Browser, operating system and kind of device, as JSON. */
  agent: string | null
  /** ISO 3166 codes: `US`, and within it `CA`. */
  country: string | null
  region: string | null
  /** The signs of a bot, with spaces between them; null for a visitor. */
  bot: string | null
  /** Milliseconds since the epoch. */
  occurredAt: number
  receivedAt: number
  /** 16 hexadecimal digits, and how far apart two events with them must lie. Null: no rule. */
  dedupe: { key: string; windowMs: number } | null
  /** It came too late or too early: only to be recognised as a duplicate, never stored. */
  expired: boolean
}

/** What became of one event; `expired` is a {@link NewEvent} with that flag whose id was not known. */
export const outcomes = ['stored', 'duplicate', 'private_entity', 'entity_not_found', 'expired'] as const
export type Outcome = (typeof outcomes)[number]

export interface NewEntity {
  entityType: string
  entityId: string
  title: string | null
  ownerId: string | null
  publishedAt: number | null
  visibility: Visibility
  metadata: Record<string, unknown> | null
}

/** Entities that were put, of one type and of one owner where these are given. */
export interface EntityQuery {
  entityType?: string | undefined
  ownerId?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** How a session went, by its events. */
export interface SessionSummary {
  startedAt: number
  endedAt: number
  interactions: number
}

export interface PreferenceChange {
  actor: Actor
  dimension: string
  value: string
  delta: number
}

/** A partner's campaign for one entity and a span of time, half-open. */
export interface Activation {
  id: string
  entityType: string
  entityId: string
  partner: string
  kind: ActivationKind
  startsAt: number
  endsAt: number
  status: ActivationStatus
  /** The hexadecimal SHA-256 of the token that shows its numbers. */
  tokenHash: string
  createdAt: number
}

export interface ActivationQuery {
  entityType?: string | undefined
  entityId?: string | undefined
  partner?: string | undefined
  kind?: ActivationKind | undefined
  status?: ActivationStatus | undefined
  cursor?: string | undefined
  limit: number
}

export const keyKinds = ['write', 'secret', 'admin'] as const
export type KeyKind = (typeof keyKinds)[number]

/** A key as it is kept: write keys readable, the others as the hexadecimal SHA-256 of their text. */
export interface StoredKey {
  id: string
  kind: KeyKind
  /** The key's own text; null where it is kept hashed. */
  text: string | null
  hash: string
  /** Origins it may be used from; empty: any. */
  origins: readonly string[]
  createdAt: number
  /** When it stops working; a key that was rotated goes on for a while. */
  revokedAt: number | null
}

export interface CountsQuery {
  entityType: string
  entityIds: readonly string[]
  eventTypes: readonly string[]
}

/** An answer from committed data, and the instant up to which it is complete when it lags behind the log. */
export interface Fresh<T> {
  answer: T
  asOf: number | null
}

/** What the store takes on its medium. */
export interface StoreSize {
  bytes: number
  /** Beside these, what is committed and not yet merged. */
  walBytes: number
}

/** A signed-in user, or a device with nobody signed in. */
export type Person = { userId: string } | { anonymousId: string }

/** What an erasure took. */
export interface Erased {
  events: number
  /** Events of signed-in users on an erased device: they stay, and name the device no more. */
  unlinked: number
  /** Rejected events. */
  rejected: number
  /** Errors that their clients told of. */
  errors: number
}

/** An invalid event as it came, without tokens. */
export interface NewRejectedEvent {
  receivedAt: number
  /** Who is bounded: so many are kept of each. */
  sender: string
  code: string
  /** Where in the event, as an RFC 6901 pointer. */
  pointer: string
  detail: string
  /** JSON: what all events of its request shared. */
  request: string
  /** JSON: the event; null where it was too large to be kept. */
  payload: string | null
}

export interface RejectedEvent extends NewRejectedEvent {
  id: number
}

/** Rejected events that have the same wrong at the same place. */
export interface RejectedGroup {
  code: string
  pointer: string
  count: number
  firstAt: number
  lastAt: number
  /** Of the newest. */
  detail: string
  sample: string | null
}

/** An error that a client told of; `props` and `page` are JSON. */
export interface ClientErrorRow {
  id: number
  receivedAt: number
  occurredAt: number
  actorId: string | null
  page: string | null
  props: string
}

export interface ClientErrorQuery {
  kind?: string | undefined
  /** Older than the one with this id. */
  before?: number | undefined
  limit: number
}

export interface RejectedQuery {
  code?: string | undefined
  pointer?: string | undefined
  /** Behind the one with this id. */
  after?: number
  limit: number
}

/** An event may arrive 30 days late, and is known by its id for as long as it is kept. */
export const minKeepDays = 31

/** For how long events are kept, as it is set in the store, and what was let go last. */
export interface StoredRetention {
  /** Null: it is not set. */
  keepDays: number | null
  last: { at: number; events: number } | null
  /** The beginning of the first day that is not frozen; null: none is. */
  frozenBefore: number | null
}

/** A copy that was written. */
export interface Backup {
  file: string
  bytes: number
}

export type StoreErrorCode =
  /** The medium refuses: disk full, read-only, locked, failing. Trying later may help. */
  | 'unavailable'
  /** It has come to an end by itself; a new one must be opened. */
  | 'ended'
  /** The file is not ours, damaged, or written by a newer version. */
  | 'unusable'
  | 'internal'

/** An error of the store. The message is for the operator's log, never for a client. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly code: StoreErrorCode
  /** The store itself has told of it, once for all whom it concerns: a full disk must not fill the log as well. */
  readonly told: boolean

  constructor(code: StoreErrorCode, message: string, options: ErrorOptions & { told?: boolean } = {}) {
    super(message, options)
    this.code = code
    this.told = options.told ?? false
  }
}

/** What of a day lies beyond its summaries when it is worth making them anew: events, and as a share of all of the day. */
export interface Worth {
  events: number
  share: number
}

/** The port behind which events are kept and counted. It promises nothing about the engine. */
export interface Store {
  /**
   * Commits events in their order and says what became of each. It settles after the commit that holds them, or,
   * for a duplicate, after the commit that holds the first one.
   *
   * @throws {StoreError} when none of them was stored
   */
  append(events: readonly NewEvent[]): Promise<Outcome[]>
  /** Says what entities are, all together; each replaces what was said of it before. */
  putEntities(entities: readonly NewEntity[]): Promise<void>
  /**
   * Forgets what was said of an entity, and hides it from everybody until it is put again. Its events stay. Returns
   * whether it had been put.
   */
  deleteEntity(entityType: string, entityId: string): Promise<boolean>
  entity(entityType: string, entityId: string): Promise<EntityView | undefined>
  /** In the order in which they came into being. */
  entities(query: EntityQuery): Promise<Page<EntityView>>
  /** Counts of entities that anybody may see; what is unknown or private counts zero. */
  counts(query: CountsQuery): Promise<Fresh<CountsAnswer>>
  /** What a report is made of: see {@link Reads}. Nobody's events wait for it. */
  read<Name extends ReadName>(name: Name, query: ReadQuery<Name>): Promise<Fresh<ReadAnswer<Name>>>
  /**
   * The rows of a table as text, some at a time, as they were at one moment: see {@link Streams}. Nobody waits for it,
   * and what it takes of memory does not grow with the rows. It begins with the first chunk that is asked for; nobody
   * may leave it lying for a minute.
   */
  stream<Name extends StreamName>(
    name: Name,
    query: StreamQuery<Name>,
    format: TableFormat,
  ): Promise<Fresh<AsyncIterable<Uint8Array>>>
  /** Makes what reads of long stretches will need, of the days for which it is worth while. Returns how many those were. */
  summarise(worth: Worth): Promise<number>
  /** Computes all scores that entities are ranked by anew. Returns how many. */
  refreshScores(): Promise<number>
  /** How a session has gone so far; undefined where nothing of it counts. */
  session(sessionId: string): Promise<SessionSummary | undefined>
  /** Returns what a preference has come to, or that there is no more room for one of this user's. */
  changePreference(change: PreferenceChange): Promise<number | 'full'>
  preferences(userId: string): Promise<PreferencesAnswer['preferences']>
  /** Returns false where the entity must have been put before and was not. */
  addActivation(activation: Activation, entityMustBeRegistered: boolean): Promise<boolean>
  /** Replaces an activation as it was read. Returns false when it is not so any more. */
  replaceActivation(was: Activation, activation: Activation): Promise<boolean>
  activation(id: string): Promise<Activation | undefined>
  /** The newest first. */
  activations(query: ActivationQuery): Promise<Page<Activation>>
  keys(): Promise<StoredKey[]>
  addKey(key: StoredKey): Promise<void>
  /** Whether there was such a key that would have gone on for longer. */
  revokeKey(id: string, revokedAt: number): Promise<boolean>
  /** Looks through the whole medium, and recounts every projection from the log. Empty when nothing is wrong. */
  verify(): Promise<string[]>
  /** Why it cannot take events: it has ended, or the last attempt failed. Undefined when it can. */
  fault(): StoreError | undefined
  /**
   * Tries whether anything can be committed.
   *
   * @throws {StoreError} when it cannot
   */
  probe(): Promise<void>
  /**
   * Erases a person's events and what is counted of them. Events of theirs that were made before and arrive later are
   * duplicates from now on.
   */
  erase(person: Person): Promise<Erased>
  /**
   * Lets go of what was received more than so many days ago, while the counts of those days stay; without a number only
   * of what is kept for a time anyway. Returns how many events went.
   */
  prune(keepDays?: number): Promise<number>
  retention(): Promise<StoredRetention>
  setKeepDays(keepDays: number | null): Promise<void>
  /** Keeps invalid events, as many as there is room for. Returns how many. */
  keepRejected(rejected: readonly NewRejectedEvent[]): Promise<number>
  rejectedGroups(): Promise<RejectedGroup[]>
  /** In the order in which they came. */
  rejectedEvents(query: RejectedQuery): Promise<RejectedEvent[]>
  removeRejected(ids: readonly number[]): Promise<number>
  /** Lets go of all that have this code and this pointer, where they are given. */
  purgeRejected(which: Pick<RejectedQuery, 'code' | 'pointer'>): Promise<number>
  /** Keeps errors that clients tell of, apart from the log. One outcome for each, after the commit. */
  keepErrors(errors: readonly NewEvent[]): Promise<Outcome[]>
  /** The newest first. */
  errors(query: ClientErrorQuery): Promise<ClientErrorRow[]>
  purgeErrors(): Promise<number>
  /** Settles when everything that was handed over before is committed and folded. */
  flush(): Promise<void>
  size(): Promise<StoreSize>
  /**
   * Writes a copy of everything as it is at this moment, while events are taken as ever.
   *
   * @param to the copy's file, which must not exist; unless it is given, one beside the database
   */
  backup(to?: string): Promise<Backup>
  /** Everything that is kept, as lines of JSON from which the same store can be made again; several lines a chunk. */
  export(): AsyncIterable<string>
  /** Commits and folds what is under way, and lets go of everything. */
  close(): Promise<void>
}
