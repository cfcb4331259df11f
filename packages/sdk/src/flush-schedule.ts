import type { SetTimer } from './debounce.ts'
import { type DeliveryState, maxBatchEvents } from './delivery-state.ts'
import type { Flush } from './flusher.ts'
import type { Leaver } from './leaver.ts'
import type { Queue } from './queue.ts'

export interface FlushSchedule {
  /** An event was queued. */
  added(): void
  /** Attempts to send what waits. Never rejects. */
  flush(): Promise<void>
  /** The network is back. */
  online(): void
}

export interface FlushScheduleSettings {
  flushAt: number
  flushIntervalMs: number
  setTimer: SetTimer
  now(): number
  report(sentence: string, cause?: unknown): void
}

/** A longer timer fires at once. */
const maxTimerMs = 2 ** 31 - 1

/** Decides when to flush: by the number of events and by time, never two at once, and not while there is a pause. */
export function createFlushSchedule(
  { flushAt, flushIntervalMs, setTimer, now, report }: FlushScheduleSettings,
  queue: Pick<Queue, 'peek' | 'recent' | 'forget'>,
  state: DeliveryState,
  leaver: Leaver,
  loadFlush: () => Promise<Flush>,
): FlushSchedule {
  let loaded: Flush | undefined
  let added = 0
  let dueAtMs = Number.POSITIVE_INFINITY
  let cancelTimer = () => {}
  let running: Promise<void> | undefined
  let runAgain = false

  function schedule(delayMs: number): void {
    const waitMs = Math.min(Math.max(delayMs, state.retryAtMs - now()), maxTimerMs)
    if (dueAtMs <= now() + waitMs) return
    cancelTimer()
    dueAtMs = now() + waitMs
    cancelTimer = setTimer(flush, waitMs)
  }

  function flush(): Promise<void> {
    runAgain = true
    running ??= run()
    return running
  }

  async function run(): Promise<void> {
    while (runAgain) {
      runAgain = false
      cancelTimer()
      dueAtMs = Number.POSITIVE_INFINITY
      added = 0
      try {
        const againInMs = await attempt()
        if (againInMs !== undefined) schedule(againInMs)
      } catch (error) {
        report('delivery failed', error)
        schedule(flushIntervalMs)
      }
    }
    running = undefined
  }

  /** Answers when to look again, if not only after the next event. */
  async function attempt(): Promise<number | undefined> {
    const recent = queue.recent()
    const waiting = await queue.peek(loaded ? 1 : maxBatchEvents, state.sendable)
    if (waiting.length === 0) {
      // Another tab may have sent this page's events.
      queue.forget(recent)
      return undefined
    }
    try {
      loaded ??= await loadFlush()
    } catch {
      // Offline, or just deployed anew: deliver what can be delivered without it.
      await leaver.send(waiting)
      return flushIntervalMs
    }
    return loaded()
  }

  return {
    added() {
      if (++added < flushAt || now() < state.retryAtMs) schedule(flushIntervalMs)
      else flush()
    },
    flush,
    online() {
      state.retryAtMs = state.pausedUntilMs
      flush()
    },
  }
}
