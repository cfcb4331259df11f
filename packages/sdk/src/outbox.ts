import type { postLeaving } from './beacon.ts'
import { createDeliveryState, type DeliveryState } from './delivery-state.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { createLeaver } from './leaver.ts'
import type { Settings } from './options.ts'
import type { openQueue, Queue } from './queue.ts'
import type { Delivery, SenderSettings } from './sender.ts'
import { createSpill } from './spill.ts'
import type { User } from './user-token.ts'

/** Where events wait, and all that sends them, for as long as the consent stays the same. */
export interface Outbox extends Dispatch {
  queue: Queue
  state: DeliveryState
  /** The page may be going. */
  leave(): void
  /** The visit is over: nothing is sent, noted or written any more, but by whoever takes the events out. */
  close(): void
}

/** What an outbox needs of the outside world. */
export interface OutboxEdges extends Pick<SenderSettings, 'now' | 'setTimer'> {
  openQueue: typeof openQueue
  postLeaving: typeof postLeaving
  loadDelivery(): Promise<Delivery>
}

export interface OutboxSettings extends Pick<SenderSettings, 'storage' | 'drop' | 'answered' | 'report' | 'useExtras'> {
  settings: Settings
  /** Whether events may wait in the database, too. */
  persist: boolean
  user?: User | undefined
}

/** Opens the outbox of a visit. */
export function openOutbox(given: OutboxSettings, edges: OutboxEdges): Outbox {
  const { settings } = given
  const spill = createSpill(given.storage, settings.name)
  const queue = edges.openQueue(settings.name, settings, given.drop, spill, given.persist)
  const state = createDeliveryState(given.user)
  const all = { ...edges, ...given, ...settings, queue, state }
  const dispatch = createDispatch(all, async () => (await edges.loadDelivery()).openSender(all))
  return {
    queue,
    state,
    ...dispatch,
    leave: createLeaver({ ...all, ...dispatch }),
    close() {
      state.over = true
      queue.close()
    },
  }
}
