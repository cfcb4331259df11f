import type { SetTimer } from './debounce.ts'
import type { Queue } from './queue.ts'
import type { Sender } from './sender.ts'

export interface DispatchSettings {
  flushAt: number
  flushIntervalMs: number
  setTimer: SetTimer
}

/** Stands in for the sender until there is something to send, and then loads it: at once for many events, soon for few. */
export function createDispatch(
  { flushAt, flushIntervalMs, setTimer }: DispatchSettings,
  queue: Pick<Queue, 'hasLeftovers'>,
  load: () => Promise<Sender>,
): Sender {
  let sender: Sender | undefined
  let loading: Promise<Sender | undefined> | undefined
  let added = 0
  /** Three attempts in five seconds of outage, and none much later than that; ever fewer in a long one. */
  let retryMs = 1_700
  let cancelTimer: (() => void) | undefined

  async function withSender(use: (sender: Sender) => unknown): Promise<void> {
    loading ??= load().catch(loadLater)
    sender = await loading
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
    if (added || (await queue.hasLeftovers())) await withSender((sender) => sender.flush())
  }

  return {
    added() {
      if (sender) sender.added()
      else if (++added === flushAt) setTimer(flush, 0)
      else cancelTimer ??= setTimer(flush, flushIntervalMs)
    },
    flush,
    online: () => void withSender((sender) => sender.online()),
    obey: (...answered) => withSender((sender) => sender.obey(...answered)),
  }
}
