import { backoffMs, parseRetryAfter } from './backoff.ts'
import { holdKey, isHeld } from './hold.ts'
import type { KeyValue } from './storage.ts'

/** The pause after a failure. It is shared by the tabs and outlives the page: a reload is no reason to ask again. */
export interface Pause {
  /** Milliseconds until the next attempt, 0 for now. */
  waitMs(): number
  /** An attempt failed, and this is the Retry-After header of the answer. */
  failed(retryAfter: string | null): void
  succeeded(): void
  /** The network is back: wait no longer, unless the collector asked for it. */
  hurry(): void
}

/** More than any pause. An instant further ahead was written before the clock was set back. */
const maxPauseMs = 2 * 86_400_000

export function createPause(storage: KeyValue, name: string, now: () => number, random: () => number): Pause {
  const key = `${name} pause`
  /** How many attempts failed in a row, and when to try again. Anybody can write to a page's storage. */
  const read = () => `${storage.read(key)}`.split(',').map(Number)

  const succeeded = () => [key, holdKey(name)].forEach(storage.remove)

  return {
    waitMs() {
      const [, retryAtMs = 0] = read()
      const leftMs = retryAtMs - now()
      return leftMs > 0 && leftMs < maxPauseMs ? leftMs : 0
    },
    failed(retryAfter) {
      const nowMs = now()
      const failures = (read()[0] || 0) + 1
      const retryAfterMs = parseRetryAfter(retryAfter, nowMs)
      storage.write(key, `${[failures, nowMs + backoffMs(failures, retryAfterMs, random())]}`)
      if (retryAfterMs) storage.write(holdKey(name), `${nowMs + retryAfterMs}`)
    },
    succeeded,
    hurry() {
      if (!isHeld(storage, name, now())) succeeded()
    },
  }
}
