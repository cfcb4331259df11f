import type { Database } from 'better-sqlite3'
import type { FrozenDays } from '../days.ts'
import type { ViewerColumns, Viewers } from '../viewers.ts'

/** A row of the log as the projections fold it. */
export interface LoggedEvent extends ViewerColumns {
  seq: number
  receivedAt: number
  occurredAt: number
  type: number
  entity: number | null
  /** The signs of a bot; null for a visitor. */
  bot: number | null
  /** Its client had sent too many to this entity that day. */
  overCap: number | null
}

/** A fold over the log: its own tables, kept in step with a cursor in the same transaction. */
export interface Projection {
  readonly name: string
  /** Takes the next rows of the log, in their order. Those of frozen days are passed over. */
  fold(rows: readonly LoggedEvent[]): void
  /** Takes back rows that are about to be erased: all that one viewer has in the log. */
  unfold(rows: readonly LoggedEvent[]): void
  /** One small step of letting go what it knows of single viewers on frozen days. Returns whether it has reached the end. */
  prune(): boolean
  /** Recounts from the log up to a row, and says in sentences where the tables differ from it. */
  verify(cursor: number): string[]
}

/** Makes a projection on the writer's connection. */
export type ProjectionFactory = (db: Database, viewers: Viewers, frozen: FrozenDays) => Projection
