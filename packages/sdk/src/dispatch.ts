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
  let loading: Promise<Sender> | undefined
  let added = 0
  let cancelTimer: (() => void) | undefined

  /** What it could not load now, offline or just deployed anew, it loads later: the events are safe in the queue. */
  async function withSender(use: (sender: Sender) => unknown): Promise<void> {
    try {
      loading ??= load()
      sender = await loading
    } catch {
      loading = undefined
      cancelTimer?.()
      cancelTimer = setTimer(flush, flushIntervalMs)
      return
    }
    await use(sender)
  }

  async function flush(): Promise<void> {
    if (added || (await queue.hasLeftovers())) await withSender((sender) => sender.flush())
  }

  return {
    added() {
      if (sender) sender.added()
      else if (++added % flushAt) cancelTimer ??= setTimer(flush, flushIntervalMs)
      else void flush()
    },
    flush,
    online: () => void withSender((sender) => sender.online()),
    obey: (...answered) => withSender((sender) => sender.obey(...answered)),
  }
}
