import type { SetTimer } from './debounce.ts'
import type { Flush } from './flusher.ts'

export interface FlushLoopSettings {
  flushIntervalMs: number
  setTimer: SetTimer
  report(sentence: string, cause?: unknown): void
}

/** Makes one attempt at a time, and the next one when the last one says so. */
export function createFlushLoop(
  { flushIntervalMs, setTimer, report }: FlushLoopSettings,
  attempt: Flush,
): () => Promise<void> {
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
      const againInMs = await attempt().catch((error) => {
        report('flush failed', error)
        return flushIntervalMs
      })
      cancelTimer?.()
      cancelTimer = againInMs ? setTimer(flush, againInMs) : undefined
    }
    running = undefined
  }

  return flush
}
