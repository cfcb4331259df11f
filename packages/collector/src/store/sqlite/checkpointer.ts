import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../store.ts'
import type { WireStoreError } from './messages.ts'

export interface CheckpointOptions {
  file: string
  everyMs: number
}

/** Why the medium refused. */
export type FromCheckpointThread = WireStoreError

/** Often: the commits that are synced meanwhile wait for the disk, too, so little should be written at a time. */
const everyMs = 250

/** The main thread's side of the thread that writes the write-ahead log back. */
export class Checkpointer {
  readonly #worker: Worker
  #isClosing = false

  /** @param onTrouble told when it cannot go on: then the writer does it, as soon as the log is at its limit */
  constructor(file: string, onTrouble?: (error: Error) => void) {
    this.#worker = new Worker(threadUrl(), { workerData: { file, everyMs } satisfies CheckpointOptions })
    this.#worker.unref()
    this.#worker.on('message', ({ code, message }: FromCheckpointThread) => onTrouble?.(new StoreError(code, message)))
    this.#worker.once('error', (cause) => {
      if (!this.#isClosing) onTrouble?.(new StoreError('internal', 'the checkpoint thread ended', { cause }))
    })
  }

  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#worker.threadId === -1) return
    // It keeps no process going, but the end of one waits for it.
    this.#worker.ref()
    const ended = once(this.#worker, 'exit')
    this.#worker.postMessage('close')
    await ended
  }
}

/** The thread's own file: beside this one in the sources, and beside the bundle when built. */
const threadUrl = () =>
  new URL(import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js', import.meta.url)
