import type { SetTimer } from './debounce.ts'
import type { Flush } from './flusher.ts'

export interface FlushSchedule {
  /** An event was queued. */
  added(): void
  /** Attempts to send what waits. Never rejects. */
  flush(): Promise<void>
}

export interface FlushScheduleSettings {
  flushAt: number
  flushIntervalMs: number
  setTimer: SetTimer
  report(sentence: string, cause?: unknown): void
}

/** Decides when to flush: by the number of events and by time, and never two at once. */
export function createFlushSchedule(
  { flushAt, flushIntervalMs, setTimer, report }: FlushScheduleSettings,
  attempt: Flush,
): FlushSchedule {
  let added = 0
  let cancelTimer: (() => void) | undefined
  let running: Promise<void> | undefined
  let runAgain = false

  function flush(): Promise<void> {
    runAgain = true
    running ??= run()
    return running
  }

  async function run(): Promise<void> {
    while (runAgain) {
      runAgain = false
      added = 0
      const againInMs = await attempt().catch((error) => {
        report('flush failed', error)
        return flushIntervalMs
      })
      cancelTimer?.()
      // What was added meanwhile may have come too late for this attempt.
      const waitMs = againInMs || (added && flushIntervalMs)
      cancelTimer = waitMs ? setTimer(flush, waitMs) : undefined
    }
    running = undefined
  }

  return {
    added() {
      // Not in the task of the page that made the event.
      if (++added === flushAt) setTimer(flush, 0)
      else cancelTimer ??= setTimer(flush, flushIntervalMs)
    },
    flush,
  }
}
