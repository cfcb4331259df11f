import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../store.ts'
import type { WireStoreError } from './messages.ts'

export type ToCheckpointThread = 'checkpoint' | 'close'
/** Why the medium refused. */
export type FromCheckpointThread = WireStoreError

/** Often: the commits that are synced meanwhile wait for the disk, too, so little should be written at a time. */
const everyMs = 250
/**
 * With more events in that time, throughput counts more than who waits: a page that changes all the time is better
 * written back seldom, and the writer does so whenever the log has grown to its limit.
 */
const manyEvents = 500

/** The main thread's side of the thread that writes the write-ahead log back. */
export class Checkpointer {
  readonly #worker: Worker
  readonly #timer: NodeJS.Timeout
  #events = 0
  #isClosing = false

  /** @param onTrouble told when it cannot go on: then the writer does it alone */
  constructor(file: string, onTrouble?: (error: Error) => void) {
    this.#worker = new Worker(threadUrl(), { workerData: file })
    this.#worker.unref()
    this.#worker.on('message', ({ code, message }: FromCheckpointThread) => onTrouble?.(new StoreError(code, message)))
    this.#worker.once('error', (cause) => {
      if (!this.#isClosing) onTrouble?.(new StoreError('internal', 'the checkpoint thread ended', { cause }))
    })
    this.#timer = setInterval(() => this.#turn(), everyMs).unref()
  }

  /** So many events are on their way into the log. */
  arrived(events: number): void {
    this.#events += events
  }

  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#timer)
    if (this.#worker.threadId === -1) return
    // It keeps no process going, but the end of one waits for it.
    this.#worker.ref()
    const ended = once(this.#worker, 'exit')
    this.#tell('close')
    await ended
  }

  #turn(): void {
    if (this.#events <= manyEvents) this.#tell('checkpoint')
    this.#events = 0
  }

  #tell(message: ToCheckpointThread): void {
    this.#worker.postMessage(message)
  }
}

/** The thread's own file: beside this one in the sources, and beside the bundle when built. */
const threadUrl = () =>
  new URL(import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js', import.meta.url)
