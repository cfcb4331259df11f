import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { TableFormat } from '../../row-text.ts'
import type { StreamName, StreamQuery } from '../reads.ts'
import { StoreError } from '../store.ts'
import { type FromReadThread, type ReadThreadOptions, readThreadUrl, type ToReadThread } from './read-messages.ts'

/** Streams under way at once; others wait. Each has a thread for itself, so that no read waits for it. */
const maxStreams = 2

/**
 * How long nobody may ask for the next rows: a stream holds the file as it was when it began, and what is written
 * meanwhile cannot be merged into it.
 */
const maxStallMs = 60_000

/** Long answers, read and written as text by threads of their own while somebody takes them. */
export class RowStreams {
  readonly #options: ReadThreadOptions
  readonly #workers = new Set<Worker>()
  /** That have come to the end of a stream. */
  readonly #idle: Worker[] = []
  readonly #waiting: (() => void)[] = []
  #open = 0
  #isClosed = false

  constructor(options: ReadThreadOptions) {
    this.#options = options
  }

  /** One thread goes ahead by one chunk of whoever takes them. */
  async *rows<Name extends StreamName>(
    name: Name,
    query: StreamQuery<Name>,
    format: TableFormat,
  ): AsyncGenerator<Uint8Array> {
    await this.#turn()
    const leave = this.#leaveOnce()
    const worker = this.#idle.pop() ?? this.#start()
    let isAtEnd = false
    try {
      let next = this.#ask(worker, { kind: 'stream', id: 0, name, query, format } as ToReadThread)
      for (;;) {
        const chunk = await next
        isAtEnd = chunk === null
        if (chunk === null) return
        next = this.#ask(worker, { kind: 'next', id: 0 })
        // Whoever stops taking rows hears of no error that comes afterwards.
        next.catch(() => undefined)
        // Whoever stalls may never come back: others need not wait for that.
        const stall = setTimeout(() => {
          this.#forget(worker)
          worker.terminate()
          leave()
        }, maxStallMs)
        try {
          yield chunk
        } finally {
          clearTimeout(stall)
        }
      }
    } finally {
      if (isAtEnd && this.#workers.has(worker)) this.#idle.push(worker)
      else await worker.terminate()
      leave()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const begin of this.#waiting.splice(0)) begin()
    await Promise.all([...this.#workers].map((worker) => worker.terminate()))
  }

  async #turn(): Promise<void> {
    if (this.#open < maxStreams) this.#open++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#isClosed) throw new StoreError('ended', 'the store was closed')
  }

  /** Lets the next one in, however often it is called. */
  #leaveOnce(): () => void {
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      const next = this.#waiting.shift()
      if (next) next()
      else this.#open--
    }
  }

  #start(): Worker {
    const worker = new Worker(readThreadUrl(), { workerData: this.#options })
    this.#workers.add(worker)
    // Whoever waits for a thread that fails hears why; the next one to ask finds that it is not there any more.
    worker.on('error', () => this.#forget(worker))
    worker.once('exit', () => this.#forget(worker))
    return worker
  }

  #forget(worker: Worker): void {
    this.#workers.delete(worker)
    const at = this.#idle.indexOf(worker)
    if (at !== -1) this.#idle.splice(at, 1)
  }

  async #ask(worker: Worker, message: ToReadThread): Promise<Uint8Array | null> {
    if (!this.#workers.has(worker)) throw endedError()
    const waiting = new AbortController()
    const { signal } = waiting
    worker.postMessage(message)
    try {
      const ended = once(worker, 'exit', { signal }).then(() => Promise.reject(endedError()))
      const [answer] = (await Promise.race([once(worker, 'message', { signal }), ended])) as [FromReadThread]
      if ('error' in answer) throw new StoreError(answer.error.code, answer.error.message)
      return answer.answer as Uint8Array | null
    } finally {
      waiting.abort()
    }
  }
}

const endedError = () =>
  new StoreError('ended', 'a stream ended early: it was not taken for too long, or its thread ended')
