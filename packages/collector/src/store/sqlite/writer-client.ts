import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type NewEvent, type Outcome, StoreError } from '../store.ts'
import {
  type AppendAnswer,
  type AppendMessage,
  decodeOutcomes,
  type FromWriter,
  pushEvent,
  type ToWriter,
  type WireStoreError,
  type WriterCalls,
  type WriterOptions,
} from './messages.ts'

interface Waiting<T> {
  resolve: (value: T) => void
  reject: (error: StoreError) => void
}

/** What is about to cross over. */
interface Gathering {
  message: AppendMessage
  events: number
  waiting: Waiting<Outcome[]>[]
}

/** With as many events the writer begins at once, while further requests are still being read. */
const worthSending = 100
/** One that the writer works on and one that waits for it: what else arrives goes together in the next. */
const maxUnderWay = 2

type Answer<Name extends keyof WriterCalls> = WriterCalls[Name][1]

/**
 * The main thread's side of the writer. What is appended within one turn of the event loop crosses over in one
 * message: a message a request would cost more than the insert.
 */
export class WriterClient {
  readonly #worker: Worker
  readonly #appends = new Map<number, Waiting<Outcome[]>[]>()
  readonly #calls = new Map<number, Waiting<unknown>>()
  #gathering: Gathering | undefined
  #nextId = 1
  #fault: StoreError | undefined
  readonly #onTrouble: ((error: Error) => void) | undefined
  /** Why the medium refused what was tried last; undefined when it took it. */
  #lastRefusal: StoreError | undefined
  #closing: Promise<void> | undefined

  private constructor(worker: Worker, onTrouble: ((error: Error) => void) | undefined) {
    this.#worker = worker
    this.#onTrouble = onTrouble
  }

  /** @throws {StoreError} when the writer cannot use the file */
  static start(options: WriterOptions, onTrouble?: (error: Error) => void): Promise<WriterClient> {
    const worker = new Worker(writerUrl(), { workerData: options, resourceLimits })
    const client = new WriterClient(worker, onTrouble)
    return new Promise((resolve, reject) => {
      let started = false
      worker.on('message', (message: FromWriter) => {
        if (message.kind === 'ready') {
          started = true
          resolve(client)
        } else if (message.kind === 'refused') {
          // The thread has said why, and ends by itself: there is no more trouble to tell of.
          client.#fault = storeError(message.error)
          reject(client.#fault)
        } else if (message.kind === 'trouble') client.#hear(storeError(message.error))
        else client.#settle(message)
      })
      const died = (reason: string, cause?: unknown) => {
        if (client.#fault || (client.#closing && client.#nothingWaits)) return
        const error = new StoreError('ended', `the writer thread ended: ${reason}`, { cause, told: started })
        client.#failAll(error)
        if (started) onTrouble?.(error)
        else reject(error)
      }
      worker.once('error', (error) => died(error instanceof Error ? error.message : String(error), error))
      worker.once('exit', (code) => died(`exit code ${code}`))
    })
  }

  /** Why nothing can be written: for good, or as far as the last attempt tells. */
  get fault(): StoreError | undefined {
    return this.#fault ?? this.#lastRefusal
  }

  append(events: readonly NewEvent[]): Promise<Outcome[]> {
    if (events.length === 0) return Promise.resolve([])
    const refusal = this.#refusal
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const gathering = this.#gather()
      gathering.events += events.length
      gathering.message.sizes.push(events.length)
      for (const event of events) pushEvent(gathering.message.fields, event)
      gathering.waiting.push({ resolve, reject })
      if (gathering.events >= worthSending) this.#sendIfFree()
    })
  }

  call<Name extends keyof WriterCalls>(name: Name, argument: WriterCalls[Name][0]): Promise<Answer<Name>> {
    const refusal = this.#refusal
    if (refusal) return Promise.reject(refusal)
    this.#send()
    return new Promise<Answer<Name>>((resolve, reject) => {
      const id = this.#nextId++
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#worker.postMessage({ kind: 'call', id, name, argument } as ToWriter)
    })
  }

  /** Tries to commit; what comes of it is the newest that is known of the medium. */
  async probe(): Promise<void> {
    await this.call('probe', null)
    this.#lastRefusal = undefined
  }

  /** Settles what is under way and ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    if (this.#fault) return
    // This one call still goes out: `#closing` is set when this function first waits.
    const ended = once(this.#worker, 'exit')
    await this.call('close', null)
    await ended
  }

  /** Why nothing is taken any more. */
  get #refusal(): StoreError | undefined {
    return this.#fault ?? (this.#closing && new StoreError('unavailable', 'the store was closed'))
  }

  get #nothingWaits(): boolean {
    return this.#appends.size === 0 && this.#calls.size === 0 && !this.#gathering
  }

  #gather(): Gathering {
    if (!this.#gathering) {
      this.#gathering = {
        message: { kind: 'append', id: this.#nextId++, sizes: [], fields: [] },
        events: 0,
        waiting: [],
      }
      setImmediate(() => this.#sendIfFree())
    }
    return this.#gathering
  }

  #sendIfFree(): void {
    if (this.#appends.size < maxUnderWay) this.#send()
  }

  #send(): void {
    const gathered = this.#gathering
    if (!gathered) return
    this.#gathering = undefined
    this.#appends.set(gathered.message.id, gathered.waiting)
    this.#worker.postMessage(gathered.message)
  }

  #settle(message: Exclude<FromWriter, { kind: 'ready' | 'refused' | 'trouble' }>): void {
    if (message.kind === 'appended') {
      for (const { id, answers } of message.group) this.#settleAppend(id, answers)
      this.#sendIfFree()
      return
    }
    const waiting = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.kind === 'answered') waiting?.resolve(message.answer)
    else waiting?.reject(this.#refused(message.error))
  }

  /** What the medium refuses is told of when it begins: not for each whom it concerns, for that might be thousands. */
  #refused({ code, message }: WireStoreError): StoreError {
    if (code !== 'unavailable') return new StoreError(code, message)
    const error = new StoreError(code, message, { told: true })
    this.#hear(error)
    this.#lastRefusal = error
    return error
  }

  #hear(error: StoreError): void {
    if (error.code !== 'unavailable' || !this.#lastRefusal) this.#onTrouble?.(error)
  }

  #settleAppend(id: number, answers: readonly AppendAnswer[]): void {
    const waiting = this.#appends.get(id) ?? []
    this.#appends.delete(id)
    for (const [n, answer] of answers.entries()) {
      if (answer instanceof Uint8Array) waiting[n]?.resolve(decodeOutcomes(answer))
      else waiting[n]?.reject(this.#refused(answer.error))
    }
    // A poison request says nothing of the medium.
    if (answers.some((answer) => answer instanceof Uint8Array)) this.#lastRefusal = undefined
  }

  #failAll(error: StoreError): void {
    this.#fault = error
    const gathered = this.#gathering?.waiting ?? []
    for (const waiting of [...[...this.#appends.values()].flat(), ...this.#calls.values(), ...gathered]) {
      waiting.reject(error)
    }
    this.#appends.clear()
    this.#calls.clear()
    this.#gathering = undefined
  }
}

/** What the writer makes of an event dies young: more room for it would only be more memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 24 }

/** The writer's own file: beside this one in the sources, and beside the bundle when built. */
const writerUrl = () => new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url)

const storeError = ({ code, message }: WireStoreError) => new StoreError(code, message)
