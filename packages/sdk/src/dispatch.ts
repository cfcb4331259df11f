import type { SetTimer } from './debounce.ts'
import type { Queue } from './queue.ts'
import type { Sender } from './sender.ts'

/** Decides when to send what waits, and has it done. */
export interface Dispatch extends Pick<Sender, 'obey'> {
  /** An event was queued. */
  added(): void
  /** Attempts to send what waits. Never rejects. */
  flush(): Promise<void>
  /** The network is back. */
  online(): void
}

export interface DispatchSettings {
  flushAt: number
  flushIntervalMs: number
  setTimer: SetTimer
  queue: Pick<Queue, 'hasLeftovers'>
}

/** Loads the sender when there is something to send: at once for many events, soon for few. */
export function createDispatch(
  { flushAt, flushIntervalMs, setTimer, queue }: DispatchSettings,
  load: () => Promise<Sender>,
): Dispatch {
  let loading: Promise<Sender | undefined> | undefined
  /** Since the latest attempt. */
  let added = 0
  /** Three attempts in five seconds of outage, and none much later than that; ever fewer in a long one. */
  let retryMs = 1_700
  let cancelTimer: (() => void) | undefined

  async function withSender(use: (sender: Sender) => unknown): Promise<void> {
    loading ??= load().catch(loadLater)
    const sender = await loading
    if (sender) await use(sender)
  }

  /** What could not be loaded, offline or just deployed anew, is loaded later: the events are safe in the queue. */
  function loadLater(): undefined {
    loading = undefined
    cancelTimer?.()
    retryMs *= 1.1
    cancelTimer = setTimer(flush, retryMs)
  }

  async function flush(): Promise<void> {
    if (!added && !(await queue.hasLeftovers())) return
    added = 0
    cancelTimer?.()
    cancelTimer = undefined
    await withSender((sender) => sender.flush())
  }

  return {
    added() {
      // Not in the task of the page that made the event.
      if (++added === flushAt) setTimer(flush, 0)
      else cancelTimer ??= setTimer(flush, flushIntervalMs)
    },
    flush,
    online: () => void withSender((sender) => sender.online()),
    obey: (...answered) => withSender((sender) => sender.obey(...answered)),
  }
}
