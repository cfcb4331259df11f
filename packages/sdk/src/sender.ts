import type { SetTimer } from './debounce.ts'
import type { DeliveryState } from './delivery-state.ts'
import type { Drop } from './drops.ts'
import type { FlushResult } from './flush-result.ts'
import type { FlusherSettings } from './flusher.ts'
import type { Settings } from './options.ts'
import type { Queue } from './queue.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { KeyValue } from './storage.ts'

/** Sends what waits. */
export interface Sender {
  /** Attempts to send what waits. Never rejects. */
  flush(): Promise<void>
  /** The network is back. */
  online(): void
  /** Does what the answer to a leaving request asks for. */
  obey(response: Response, batch: readonly QueuedEvent[], token: string | undefined): Promise<void>
}

/** What a sender is made from. */
export interface SenderSettings extends Settings {
  queue: Queue
  state: DeliveryState
  storage: KeyValue
  drop: Drop
  answered(result: FlushResult): void
  report(sentence: string, cause?: unknown): void
  now(): number
  setTimer: SetTimer
  useExtras: FlusherSettings['useExtras']
}

/** The part of the SDK that is loaded with the first flush. */
export interface Delivery {
  openSender(settings: SenderSettings): Sender
}
