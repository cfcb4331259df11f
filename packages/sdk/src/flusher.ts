import { backoffMs } from './backoff.ts'
import type { DeliveryState } from './delivery-state.ts'
import type { Drop } from './drops.ts'
import { type Answer, judge, type Verdict } from './judge.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'

/** Sends what can be sent. Answers in how many milliseconds to come again; undefined when nothing is left to do. */
export type Flush = () => Promise<number | undefined>

export interface FlusherSettings {
  url: string
  /** Names what only one tab may flush at a time. */
  name: string
  flushIntervalMs: number
  maxQueueAgeMs: number
  maxBatchEvents: number
  queue: Pick<Queue, 'peek' | 'remove'>
  state: DeliveryState
  drop: Drop
  report(sentence: string): void
  now(): number
  random(): number
}

export interface FlusherEdges {
  post(url: string, body: string): Promise<Answer>
  lock(name: string, work: () => Promise<void>): Promise<boolean>
}

/** Delivers the queue, in the one retry loop: peek, send, remove after the answer. */
export function createFlusher(settings: FlusherSettings, { post, lock }: FlusherEdges): Flush {
  const { queue, state, maxBatchEvents, now } = settings
  let failures = 0
  let batchLimit = maxBatchEvents

  async function flush(): Promise<number | undefined> {
    const ran = await lock(settings.name, drain)
    // Another tab is at it, and delivers this one's events too; look again later whether it did.
    if (!ran) return settings.flushIntervalMs
    const pauseMs = state.retryAtMs - now()
    return pauseMs > 0 ? pauseMs : undefined
  }

  async function drain(): Promise<void> {
    while (now() >= state.retryAtMs) {
      const batch = await nextBatch()
      if (batch.length === 0) return
      const token = state.user?.token
      const answer = await post(settings.url, state.bodyOf(batch))
      await obey(judge(batch, answer), batch, token)
    }
  }

  async function nextBatch(): Promise<QueuedEvent[]> {
    const tooOld = (queued: QueuedEvent) => now() - madeAtMs(queued) > settings.maxQueueAgeMs
    const waiting = await queue.peek(maxBatchEvents, (queued) => state.sendable(queued) || tooOld(queued))
    const old = waiting.filter(tooOld)
    if (old.length === 0) return state.take(waiting, batchLimit)
    await queue.remove(old)
    for (const queued of old) settings.drop(queued, 'queue_expired', 'it waited too long')
    return nextBatch()
  }

  async function obey(verdict: Verdict, batch: QueuedEvent[], token: string | undefined): Promise<void> {
    const { done, dropped, next, retryAfterMs, complaint } = verdict
    await queue.remove([...done, ...dropped.map(({ queued }) => queued)])
    for (const { queued, reason, detail } of dropped) settings.drop(queued, reason, detail)
    if (complaint) settings.report(complaint)
    failures = next === 'retry' ? failures + 1 : 0
    batchLimit = next === 'halve' ? Math.ceil(batch.length / 2) : Math.min(maxBatchEvents, batchLimit * 2)
    if (next === 'wait_for_token') state.refusedToken = token
    if (next === 'stop') state.pausedUntilMs = state.retryAtMs = Number.POSITIVE_INFINITY
    if (next === 'retry') {
      state.pausedUntilMs = now() + retryAfterMs
      state.retryAtMs = now() + backoffMs(failures, retryAfterMs, settings.random())
    }
  }

  return flush
}

/** When an event was made: a UUID v7 begins with the milliseconds since 1970. */
function madeAtMs({ id }: QueuedEvent): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
