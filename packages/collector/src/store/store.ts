import type { CountsAnswer, EntityView, Visibility } from '@tallymark/schemas'

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
  /** Names the client that sent it, for today only: to cap what it counts for, and never stored. Null: no cap. */
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

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
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
  putEntity(entity: NewEntity): Promise<void>
  entity(entityType: string, entityId: string): Promise<EntityView | undefined>
  /** Counts of entities that anybody may see; what is unknown or private counts zero. */
  counts(query: CountsQuery): Promise<Fresh<CountsAnswer>>
  keys(): Promise<StoredKey[]>
  addKey(key: StoredKey): Promise<void>
  /** Whether there was such a key that would have gone on for longer. */
  revokeKey(id: string, revokedAt: number): Promise<boolean>
  /** Recounts every projection from the log. Empty when all of them agree with it. */
  verify(): Promise<string[]>
  /** Why it cannot take events: it has ended, or the last attempt failed. Undefined when it can. */
  fault(): StoreError | undefined
  /** Commits and folds what is under way, and lets go of everything. */
  close(): Promise<void>
}
