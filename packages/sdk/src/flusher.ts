import * as limits from '@tallymark/schemas/limits'
import type { Answer } from './answer.ts'
import type { DeliveryState } from './delivery-state.ts'
import type { Drop } from './drops.ts'
import type { FlushResult } from './flush-result.ts'
import { hoistedBatch } from './hoist.ts'
import type { lock } from './lock.ts'
import type { Pause } from './pause.ts'
import { duplicatesIn, isPassing } from './plain-answer.ts'
import type { Queue } from './queue.ts'
import type { QueueReader } from './queue-reader.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { KeyValue } from './storage.ts'
import type { TabWork } from './tab-work.ts'

/** Sends what can be sent. Answers in how many milliseconds to come again; 0 when nothing is left to do. */
export type Flush = () => Promise<number>

/** Does what an answer asks for, to the batch that it is about and that went with this token. */
export type Obey = (answer: Answer, batch: readonly QueuedEvent[], token: string | undefined) => Promise<void>

/** What there is to do with events that were sent. */
export interface Outcome {
  reader: QueueReader
  state: DeliveryState
  drop: Drop
  answered(result: FlushResult): void
  report(sentence: string): void
}

export interface FlusherSettings extends Outcome {
  url: string
  /** Names what only one tab may flush at a time. */
  name: string
  maxQueueAgeMs: number
  queue: Pick<Queue, 'recent' | 'forget'>
  pause: Pause
  now(): number
  post(url: string, body: string): Promise<Answer>
  lock: typeof lock
  storage: KeyValue
  /** What is rarely needed is loaded when it is; undefined when it cannot be. */
  useExtras<T>(use: (extras: RareDelivery) => T | Promise<T>): Promise<T | undefined>
}

/** What is rarely needed for the delivery. */
export interface RareDelivery {
  /** Takes the place of a lock where there is none. */
  lease(name: string, work: TabWork, storage: KeyValue): Promise<boolean>
  /** Does what a refusal asks for. Answers whether to go on; if not, it is tried again after a pause. */
  obeyRefusal(outcome: Outcome, ...refusal: Parameters<Obey>): Promise<boolean>
}

const lookAgainMs = 1_000

/** Delivers the queue, in the one retry loop: peek, send, remove after the answer. */
export function createFlusher(settings: FlusherSettings): { flush: Flush; obey: Obey } {
  const { name, queue, reader, state, pause, now, useExtras } = settings

  const otherwise = () => useExtras(({ lease }) => lease(name, drain, settings.storage))

  async function flush(): Promise<number> {
    // When another tab is at it, it delivers this one's events too, unless it dies: look again whether it did.
    if (!pause.waitMs() && !(await settings.lock(name, drain, otherwise))) return lookAgainMs
    return pause.waitMs()
  }

  /** Tells whether it ended in a pause, which the other tabs have to see. */
  async function drain(): Promise<boolean> {
    while (!pause.waitMs()) {
      const recent = queue.recent()
      const batch = await nextBatch()
      if (!batch[0]) {
        // Another tab may have sent this page's events.
        queue.forget(recent)
        return false
      }
      const token = state.tokenOf(batch)
      await obey(await settings.post(settings.url, JSON.stringify(hoistedBatch(batch, now(), token))), batch, token)
    }
    return true
  }

  async function nextBatch(): Promise<QueuedEvent[]> {
    // A UUID v7 begins with the milliseconds since 1970, in twelve digits; the first is a 0 until the year 2527.
    const oldest = `0${(now() - settings.maxQueueAgeMs).toString(16)}`
    const tooOld = ({ id }: QueuedEvent) => id.replace('-', '') < oldest
    const waiting = await reader.peek(limits.maxBatchEvents, (queued) => state.sendable(queued) || tooOld(queued))
    const old = waiting.filter(tooOld)
    if (!old[0]) return state.take(waiting)
    await reader.remove(old)
    for (const queued of old) settings.drop(queued, 'queue_expired', 'too old')
    return nextBatch()
  }

  const obey: Obey = async (answer, batch, token) => {
    const duplicates = duplicatesIn(batch, answer)
    let goesOn: boolean | undefined = duplicates !== undefined
    if (goesOn || isPassing(answer)) {
      const done = goesOn ? batch : []
      await reader.remove(done)
      settings.answered({ status: answer.status, acknowledged: done.length, duplicates: duplicates ?? 0, dropped: 0 })
      state.batchLimit = limits.maxBatchEvents
    } else goesOn = await useExtras(({ obeyRefusal }) => obeyRefusal(settings, answer, batch, token))
    if (goesOn) pause.succeeded()
    else if (!state.over) pause.failed(answer.retryAfter)
  }

  return { flush, obey }
}
