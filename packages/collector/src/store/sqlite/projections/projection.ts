import type { Database } from 'better-sqlite3'
import type { ViewerColumns, Viewers } from '../viewers.ts'

/** A row of the log as the projections fold it. */
export interface LoggedEvent extends ViewerColumns {
  seq: number
  receivedAt: number
  occurredAt: number
  type: number
  entity: number | null
  /** Its client had sent too many to this entity that day. */
  overCap: number | null
}

/** A fold over the log: its own tables, kept in step with a cursor in the same transaction. */
export interface Projection {
  readonly name: string
  /** Takes the next rows of the log, in their order. */
  fold(rows: readonly LoggedEvent[]): void
  /** Recounts from the log up to a row, and says in sentences where the tables differ from it. */
  verify(cursor: number): string[]
}

/** Makes a projection on the writer's connection. */
export type ProjectionFactory = (db: Database, viewers: Viewers) => Projection
