import * as limits from '@tallymark/schemas/limits'
import { takeBatch } from './batch.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { User } from './user-token.ts'

/** What those who send know: the flusher while the page lives, and the leaver when it goes. */
export interface DeliveryState {
  /** Who is signed in. */
  user: User | undefined
  /** The visit is over: nothing may be sent, or noted for later. */
  over?: boolean
  /** A token that the collector did not accept. */
  refusedToken?: string | undefined
  /** As many events go at once; fewer while one that spoils its batch is searched for. */
  batchLimit: number
  /** Whether an event can go now: a user's event goes with that user's token only. Replaced where nothing may go. */
  sendable(queued: QueuedEvent): boolean
  /** The first of the waiting events that make one batch. */
  take(waiting: readonly QueuedEvent[]): QueuedEvent[]
  /** The user token that goes with a batch. */
  tokenOf(batch: readonly QueuedEvent[]): string | undefined
}

/**
 * A batch of this size can outlive its page, with a user token of 8 KiB on top: all such requests together may hold
 * 64 KiB. It is also far from the collector's limit, and soon sent on a slow line.
 */
const maxBatchBytes = 48_000

export function createDeliveryState(user: User | undefined): DeliveryState {
  const state: DeliveryState = {
    user,
    batchLimit: limits.maxBatchEvents,
    sendable: ({ identity }) =>
      !state.over && (identity === null || (identity === state.user?.sub && state.user.token !== state.refusedToken)),
    take: (waiting) => takeBatch(waiting.filter(state.sendable), state.batchLimit, maxBatchBytes),
    tokenOf: ([first]) => (first?.identity === null ? undefined : state.user?.token),
  }
  return state
}
