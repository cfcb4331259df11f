import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { ReadAnswer, ReadName, ReadQuery } from '../reads.ts'
import { StoreError } from '../store.ts'
import type { Past, PastDays } from './facts/past-table.ts'
import type { Summary, SummaryPlan } from './facts/summaries.ts'
import {
  type FromReadThread,
  type ReadMessage,
  type ReadThreadOptions,
  readThreadUrl,
  type ToReadThread,
} from './read-messages.ts'

interface Asked {
  message: ReadMessage
  resolve: (answer: unknown) => void
  reject: (error: StoreError) => void
}

interface Thread {
  worker: Worker
  current: Asked | undefined
}

/** Enough that a few long reads leave one free for the short ones; a thread is started when all others are at work. */
const maxThreads = 4

/**
 * What lasts of a read is next to nothing. V8 would tidy up a heap of 10 MB each time it has grown by a few, several times
 * a second, and each time throws away much of what it has compiled: reports take twice as long for a while then.
 */
const heapFlag = '--initial-old-space-size=96'

/** The threads that answer reads. None is there before it is needed. */
export class ReadPool {
  readonly #options: ReadThreadOptions
  readonly #threads: Thread[] = []
  readonly #waiting: Asked[] = []
  #nextId = 1
  #isClosed = false

  constructor(options: ReadThreadOptions) {
    this.#options = options
  }

  read<Name extends ReadName>(name: Name, query: ReadQuery<Name>): Promise<ReadAnswer<Name>> {
    return this.#ask({ kind: 'read', id: this.#nextId++, name, query } as Asked['message']) as Promise<ReadAnswer<Name>>
  }

  summarise(plan: SummaryPlan): Promise<Summary> {
    return this.#ask({ kind: 'summarise', id: this.#nextId++, plan }) as Promise<Summary>
  }

  past(days: PastDays): Promise<Past> {
    return this.#ask({ kind: 'past', id: this.#nextId++, days }) as Promise<Past>
  }

  /** Ends the threads; what they are at work on fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    const ended = this.#threads.map(({ worker }) => {
      const exit = once(worker, 'exit')
      worker.postMessage({ kind: 'close' } satisfies ToReadThread)
      return exit
    })
    this.#fail(this.#waiting.splice(0), 'the store was closed')
    await Promise.all(ended)
  }

  #ask(message: Asked['message']): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new StoreError('ended', 'the store was closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject })
      this.#next()
    })
  }

  /** Hands what waits to a thread that is free. */
  #next(): void {
    if (this.#waiting.length === 0) return
    const thread = this.#threads.find(({ current }) => !current) ?? this.#start()
    if (!thread) return
    thread.current = this.#waiting.shift()
    thread.worker.postMessage(thread.current?.message)
  }

  #start(): Thread | undefined {
    if (this.#threads.length >= maxThreads) return undefined
    // It is for heaps that begin from now on, and no option of a thread.
    setFlagsFromString(heapFlag)
    const worker = new Worker(readThreadUrl(), { workerData: this.#options })
    const thread: Thread = { worker, current: undefined }
    this.#threads.push(thread)
    worker.on('message', (message: FromReadThread) => {
      const asked = thread.current
      thread.current = undefined
      if ('error' in message) asked?.reject(new StoreError(message.error.code, message.error.message))
      else asked?.resolve(message.answer)
      this.#next()
    })
    // A thread that dies takes its read with it; the next read starts another one.
    worker.once('error', (error) => this.#ended(thread, error))
    worker.once('exit', () => this.#ended(thread))
    return thread
  }

  #ended(thread: Thread, cause?: unknown): void {
    const at = this.#threads.indexOf(thread)
    if (at === -1) return
    this.#threads.splice(at, 1)
    const reason = cause instanceof Error ? cause.message : 'it ended'
    if (thread.current) this.#fail([thread.current], `the thread that read for it failed: ${reason}`)
    this.#next()
  }

  #fail(asked: readonly Asked[], reason: string): void {
    for (const { reject } of asked) reject(new StoreError('internal', reason))
  }
}
