import type { Database } from 'better-sqlite3'
import type { RoleTypes } from '../../reads.ts'
import type { FrozenDays } from '../days.ts'
import type { Sessions } from '../facts/sessions.ts'
import { textOf } from '../shared-texts.ts'
import type { ViewerColumns, Viewers } from '../viewers.ts'

/** A row of the log as the projections fold it. */
export interface LoggedEvent extends ViewerColumns {
  seq: number
  receivedAt: number
  occurredAt: number
  type: number
  entity: number | null
  source: number
  surface: number | null
  position: number | null
  durationMs: number | null
  completed: number | null
  channel: number | null
  campaign: number | null
  agent: number | null
  country: string | null
  props: string | null
  /** The signs of a bot; null for a visitor. */
  bot: number | null
  /** Its client had sent too many to this entity that day. */
  overCap: number | null
  /** The session's number, once it was asked for. */
  session?: number | null
}

/** Reads a {@link LoggedEvent} from the log. */
export const loggedColumns = `seq, received_at AS receivedAt, occurred_at AS occurredAt, type, entity, actor,
  anonymous_id AS anonymousId, session_id AS sessionId, day_viewer AS dayViewer, source, surface, position,
  duration_ms AS durationMs, completed, channel, campaign, agent, country, ${textOf('props')} AS props, bot, over_cap AS overCap`

/** A fold over the log: its own tables, kept in step with a cursor in the same transaction. */
export interface Projection {
  readonly name: string
  /** What it depends on beside the log; when that changes, it is folded anew. */
  readonly version?: string
  /** Takes the next rows of the log, in their order. Those of frozen days are passed over. */
  fold(rows: readonly LoggedEvent[]): void
  /** Takes back rows that are about to be erased: all that one viewer has in the log. */
  unfold(rows: readonly LoggedEvent[]): void
  /** One small step of letting go what it knows of single viewers on frozen days. Returns whether it has reached the end. */
  prune(): boolean
  /** Recounts from the log up to a row, and says in sentences where the tables differ from it. */
  verify(cursor: number): string[]
  /** Empties it, but for what it knows of frozen days. */
  reset?(): void
  /** What it remembers of the tables may not be so any more. */
  forget?(): void
}

/** What of a plan the projections depend on. */
export interface FoldedPlan {
  /** Event types that are no interactions of a session. */
  passive: readonly string[]
  /** Event types by role. */
  roles: RoleTypes
}

/** What all projections share, for they must agree on it. */
export interface Shared extends FoldedPlan {
  viewers: Viewers
  sessions: Sessions
  frozen: FrozenDays
}

/** Makes a projection on the writer's connection. */
export type ProjectionFactory = (db: Database, shared: Shared) => Projection
