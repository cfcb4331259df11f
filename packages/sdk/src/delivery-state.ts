import * as limits from '@tallymark/schemas/limits'
import { makeBatch, takeBatch } from './batch.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { User } from './user-token.ts'

/** What those who send know: the flusher while the page lives, and the leaver when it goes. */
export interface DeliveryState {
  /** Who is signed in. */
  user: User | undefined
  /** A token that the collector did not accept. */
  refusedToken: string | undefined
  /** No attempt before this instant… */
  retryAtMs: number
  /** …and not even a leaving one before this, which the collector asked for. Infinite when it wants nothing more. */
  pausedUntilMs: number
  /** Whether an event can go now: a user's event goes with that user's token only. */
  sendable(queued: QueuedEvent): boolean
  /** The first of the waiting events that make one batch. */
  take(waiting: readonly QueuedEvent[], maxEvents: number): QueuedEvent[]
  /** The request's body. It is stamped with the time at each attempt, which tells how far the clock is off. */
  bodyOf(batch: readonly QueuedEvent[]): string
}

/**
 * A batch of this size can outlive its page, with a user token of 8 KiB on top: all such requests together may hold
 * 64 KiB. It is also far from the collector's limit, and soon sent on a slow line.
 */
const maxBatchBytes = 48_000

export const maxBatchEvents = limits.maxBatchEvents

export function createDeliveryState(now: () => number): DeliveryState {
  const state: DeliveryState = {
    user: undefined,
    refusedToken: undefined,
    retryAtMs: 0,
    pausedUntilMs: 0,
    sendable: ({ identity }) =>
      identity === null || (identity === state.user?.sub && state.user.token !== state.refusedToken),
    take: (waiting, maxEvents) => takeBatch(waiting.filter(state.sendable), maxEvents, maxBatchBytes),
    bodyOf: (batch) =>
      JSON.stringify(makeBatch(batch, now(), batch[0]?.identity === null ? undefined : state.user?.token)),
  }
  return state
}
