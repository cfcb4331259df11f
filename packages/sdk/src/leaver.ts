import { plainBody } from './batch.ts'
import type { postLeaving } from './beacon.ts'
import type { DeliveryState } from './delivery-state.ts'
import { isHeld } from './hold.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { Sender } from './sender.ts'
import type { KeyValue } from './storage.ts'

export interface LeaverSettings {
  url: string
  name: string
  storage: KeyValue
  now(): number
  postLeaving: typeof postLeaving
  /** Is told of an answer, if the page is still there. */
  obey: Sender['obey']
  queue: Pick<Queue, 'recent' | 'spill'>
  state: DeliveryState
}

/**
 * Makes what is called when the page may be going: it sends this page's newest events, in one request, and puts into
 * safety what the database may not have yet. Nothing is awaited. What is not acknowledged stays in the queue.
 */
export function createLeaver({ url, name, storage, now, postLeaving, obey, queue, state }: LeaverSettings): () => void {
  /** Hiding and leaving follow each other closely, and the browser lets little outlive the page: one at a time. */
  let underway = false

  async function send(batch: readonly QueuedEvent[]): Promise<void> {
    if (underway || !batch[0] || isHeld(storage, name, now())) return
    underway = true
    const token = state.tokenOf(batch)
    const response = await postLeaving(url, plainBody(batch, now(), token))
    underway = false
    if (response) void obey(response, batch, token)
  }

  return () => {
    void send(state.take(queue.recent().reverse()).reverse())
    queue.spill()
  }
}
