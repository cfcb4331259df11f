import type { FieldError, ProblemCode } from './problem.ts'

/** Why an event was accepted and yet not stored. */
export type IgnoreReason = 'duplicate' | 'private_entity' | 'bot'

/** The answer to one accepted event. `eventId` is null when it was not stored and had no id of its own. */
export type Ack = { eventId: string; tracked: true } | { eventId: string | null; tracked: false; reason: IgnoreReason }

export interface Rejection {
  code: ProblemCode
  detail: string
  errors?: FieldError[]
}

/** The answer to one event of a batch. */
export type BatchResult =
  | { index: number; status: 'fulfilled'; data: Ack; error: null }
  | { index: number; status: 'rejected'; data: null; error: Rejection }

/** The answer to a batch: one result an event, in the order of the request. */
export interface BatchAck {
  total: number
  /** Events that were accepted: stored, or ignored with a reason. */
  successful: number
  failed: number
  results: BatchResult[]
}
