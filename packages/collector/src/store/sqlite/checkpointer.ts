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

/** The main thread's side of the thread that writes the write-ahead log back; it is started with the first events. */
export class Checkpointer {
  readonly #file: string
  readonly #onTrouble: ((error: Error) => void) | undefined
  readonly #timer: NodeJS.Timeout
  #worker: Worker | undefined
  #events = 0

  /** @param onTrouble told when it cannot go on: then the writer does it alone */
  constructor(file: string, onTrouble?: (error: Error) => void) {
    this.#file = file
    this.#onTrouble = onTrouble
    this.#timer = setInterval(() => this.#turn(), everyMs).unref()
  }

  /** So many events are on their way into the log. */
  arrived(events: number): void {
    this.#events += events
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const worker = this.#worker
    if (!worker || worker.threadId === -1) return
    // It keeps no process going, but the end of one waits for it.
    worker.ref()
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage('close' satisfies ToCheckpointThread)
    await ended
  }

  #turn(): void {
    const events = this.#events
    this.#events = 0
    if (events === 0 || events > manyEvents) return
    this.#worker ??= this.#start()
    this.#worker.postMessage('checkpoint' satisfies ToCheckpointThread)
  }

  #start(): Worker {
    const worker = new Worker(threadUrl(), { workerData: this.#file })
    worker.unref()
    worker.on('message', ({ code, message }: FromCheckpointThread) => this.#onTrouble?.(new StoreError(code, message)))
    worker.once('error', (cause) =>
      this.#onTrouble?.(new StoreError('internal', 'the checkpoint thread ended', { cause })),
    )
    return worker
  }
}

/** The thread's own file: beside this one in the sources, and beside the bundle when built. */
const threadUrl = () =>
  new URL(import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js', import.meta.url)
