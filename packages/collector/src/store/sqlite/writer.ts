/**
 * The one thread that writes. Requests that arrive while a transaction runs are committed together in the next;
 * an answer goes out after the commit that holds it. When nothing waits, it folds the log into the projections.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import type { Erased, NewEntity, NewEvent, PreferenceChange, StoreError } from '../store.ts'
import { ActivationTable } from './activation-table.ts'
import { asStoreError, damagesOf, lockForIngest, openForUpkeep, openForWriting, truncateWal } from './connection.ts'
import { Eraser } from './eraser.ts'
import { ErrorTable } from './error-table.ts'
import { summaryKinds } from './facts/day-summaries.ts'
import { Summaries } from './facts/summaries.ts'
import { Folder } from './fold.ts'
import { KeyTable } from './key-table.ts'
import { Log } from './log.ts'
import {
  type AppendAnswer,
  type AppendedMessage,
  type AppendMessage,
  encodeOutcomes,
  type FromWriter,
  maxGroupEvents,
  readEvent,
  type ToWriter,
  type WireStoreError,
  type WriterCall,
  type WriterCalls,
  type WriterOptions,
} from './messages.ts'
import { PreferenceTable } from './preference-table.ts'
import { prepareProbe } from './probe.ts'
import { Pruner } from './pruner.ts'
import { RejectedTable } from './rejected-table.ts'
import { RetentionTable } from './retention-table.ts'
import { ScoreTable } from './score-table.ts'
import { Surge } from './surge.ts'

/** How long a few events may wait to be folded when no report asks for them, and what was erased in the write-ahead log. */
const tidyEveryMs = 1000
/** With as many pending rows, folding begins as soon as nothing waits. */
const worthFolding = 2000
/** How long closing may take over folding what is pending; the rest is folded after the next start. */
const foldAtCloseMs = 2000

class Writer {
  readonly #port: MessagePort
  readonly #file: string
  readonly #lock: Database | undefined
  readonly #db: Database
  readonly #log: Log
  readonly #folder: Folder
  readonly #summaries: Summaries
  readonly #summaryKinds: number
  readonly #scores: ScoreTable
  readonly #keys: KeyTable
  readonly #probe: () => void
  readonly #eraser: Eraser
  readonly #rejected: RejectedTable
  readonly #errors: ErrorTable
  readonly #pruner: Pruner
  readonly #retention: RetentionTable
  readonly #surge = new Surge()
  readonly #preferences: PreferenceTable
  readonly #activations: ActivationTable
  readonly #inTransaction: (work: () => unknown) => unknown
  #foldIsPlanned = false
  /** Calls that were received while another one was worked on. */
  #deferred: ToWriter[] = []
  #forgotten = 0
  #damage: StoreError | undefined
  /** The write-ahead log still holds what was erased from the file. */
  #walMustGo = false

  constructor(port: MessagePort, { file, durability, windows, dailyCap, plan, funnels, now }: WriterOptions) {
    this.#port = port
    this.#file = file
    // Before a migration: a newer version must not change the file under a collector that runs.
    this.#lock = windows && lockForIngest(file)
    this.#db = windows ? openForWriting(file, durability) : openForUpkeep(file)
    this.#log = new Log(this.#db, dailyCap)
    if (windows) {
      this.#log.dedupe.refill(this.#db, windows, now)
      this.#log.caps.refill(now)
    }
    this.#folder = new Folder(this.#db, plan)
    this.#summaries = new Summaries(this.#db)
    if (funnels) this.#summaries.keepFunnels(summaryKinds, funnels)
    this.#summaryKinds = summaryKinds + (funnels?.length ?? 0)
    this.#eraser = new Eraser(this.#db, this.#log.tombstones)
    this.#errors = new ErrorTable(this.#db)
    this.#rejected = new RejectedTable(this.#db)
    this.#pruner = new Pruner(this.#db)
    this.#retention = new RetentionTable(this.#db)
    this.#scores = new ScoreTable(this.#db)
    this.#keys = new KeyTable(this.#db)
    this.#preferences = new PreferenceTable(this.#db)
    this.#activations = new ActivationTable(this.#db)
    this.#probe = prepareProbe(this.#db)
    const transaction = this.#db.transaction((work: () => unknown) => work())
    this.#inTransaction = (work) => transaction.immediate(work)
  }

  run(): void {
    this.#port.on('message', (message: ToWriter) => this.#drain(message))
    setInterval(() => this.#tidy(), tidyEveryMs).unref()
    this.#say({ kind: 'ready' })
  }

  #tidy(): void {
    this.#planFold()
    this.#truncateWal()
  }

  /** Works off everything that has gathered, in its order. */
  #drain(first: ToWriter): void {
    let next: ToWriter | undefined = first
    while (next) {
      if (next.kind === 'append') {
        next = this.#appendGroup(next)
      } else {
        this.#answer(next.id, next)
        next = this.#receive()
      }
    }
    if (this.#folder.pending >= worthFolding) this.#planFold()
    this.#endIfDamaged()
  }

  /** A damaged file is not written to any more, for that might damage more of it: the thread ends, and says why. */
  #endIfDamaged(): void {
    if (this.#damage) throw this.#damage
  }

  #receive(): ToWriter | undefined {
    return this.#deferred.shift() ?? (receiveMessageOnPort(this.#port)?.message as ToWriter | undefined)
  }

  /** Lets events in that have arrived while something else takes its time; calls wait for their turn. */
  #appendArrived(): void {
    const calls: ToWriter[] = []
    for (let next = this.#receive(); next; ) {
      if (next.kind === 'append') {
        next = this.#appendGroup(next)
      } else {
        calls.push(next)
        next = this.#receive()
      }
    }
    this.#deferred = calls
  }

  /** Commits an append together with those that wait behind it; returns the first message that is none. */
  #appendGroup(first: AppendMessage): ToWriter | undefined {
    const group = [first]
    let events = countEvents(first)
    let next = this.#receive()
    while (next?.kind === 'append' && events < maxGroupEvents) {
      group.push(next)
      events += countEvents(next)
      next = this.#receive()
    }
    this.#surge.arrived(events)
    this.#say({ kind: 'appended', group: this.#commit(group) })
    return next
  }

  #commit(group: readonly AppendMessage[]): AppendedMessage[] {
    const requests = group.map((message) => ({ id: message.id, requests: splitRequests(message) }))
    const perRequest = (append: (events: readonly NewEvent[]) => AppendAnswer) =>
      requests.map((message) => ({ id: message.id, answers: message.requests.map(append) }))
    try {
      return this.#transact(() => perRequest((events) => this.#append(events)))
    } catch (error) {
      const failed = { error: this.#wireError(error) }
      // A medium that refuses, or is damaged, is so for everybody: to try each alone would only wait as often.
      if (failed.error.code !== 'internal') return perRequest(() => failed)
      // Each request by itself now, so that a poison one hurts nobody else; what fails again says why.
      return perRequest((events) => this.#appendAlone(events))
    }
  }

  #appendAlone(events: readonly NewEvent[]): AppendAnswer {
    try {
      return this.#transact(() => this.#append(events))
    } catch (error) {
      return { error: this.#wireError(error) }
    }
  }

  #append(events: readonly NewEvent[]): AppendAnswer {
    return encodeOutcomes(events.map((event) => this.#log.append(event)))
  }

  #transact<T>(work: () => T): T {
    try {
      const result = this.#inTransaction(work) as T
      this.#folder.grown(this.#log.committed())
      this.#tellForgotten()
      return result
    } catch (error) {
      this.#log.rolledBack()
      throw error
    }
  }

  /** Nothing is given up without a word. */
  #tellForgotten(): void {
    const { forgotten } = this.#log.dedupe
    if (forgotten === this.#forgotten) return
    const message = `${forgotten - this.#forgotten} dedupe keys were given up before their time: too many events with a window`
    this.#forgotten = forgotten
    this.#say({ kind: 'trouble', error: { code: 'internal', message } })
  }

  #answer(id: number, call: WriterCall): void {
    try {
      this.#say({ kind: 'answered', id, answer: this.#perform(call) })
    } catch (error) {
      this.#say({ kind: 'failed', id, error: this.#wireError(error) })
    }
    if (call.name === 'close') this.#port.close()
  }

  #perform({ name, argument }: WriterCall): unknown {
    switch (name) {
      case 'putEntities':
        return this.#transact(() => this.#putEntities(argument))
      case 'deleteEntity':
        return this.#transact(() => this.#log.entities.delete(argument.entityType, argument.entityId))
      case 'changePreference':
        return this.#transact(() => this.#changePreference(argument))
      case 'addActivation':
        return this.#transact(() => this.#addActivation(argument))
      case 'replaceActivation':
        return this.#transact(() => this.#activations.replace(argument.was, argument.activation))
      case 'addKey':
        return this.#transact(() => this.#keys.add(argument))
      case 'revokeKey':
        return this.#transact(() => this.#keys.revoke(argument.id, argument.revokedAt))
      case 'fold':
        return this.#foldFor(argument) ? null : this.#folder.completeUpTo()
      case 'verify':
        return [...damagesOf(this.#db), ...this.#folder.verify()]
      case 'planSummary':
        return this.#transact(() => this.#summaries.plan(this.#summaryKinds, argument) ?? null)
      case 'keepSummary':
        return this.#transact(() => this.#summaries.keep(argument.plan, argument.data))
      case 'planPast':
        return this.#transact(() => this.#summaries.past.plan() ?? null)
      case 'keepPast':
        return this.#transact(() => this.#summaries.past.keep(argument.plan, argument.data))
      case 'refreshScores':
        return this.#transact(() => this.#scores.refresh(argument))
      case 'probe':
        return this.#transact(this.#probe)
      case 'keepRejected':
        return this.#transact(() => this.#rejected.keep(argument, this.#log.tombstones))
      case 'removeRejected':
        return this.#transact(() => this.#rejected.remove(argument))
      case 'purgeRejected':
        return this.#transact(() => this.#rejected.purge(argument))
      case 'keepErrors':
        return this.#transact(() => this.#errors.keep(argument, this.#log.tombstones))
      case 'purgeErrors':
        return this.#transact(() => this.#errors.purge())
      case 'erase':
        return this.#erase(argument)
      case 'prune':
        return this.#transact(() => this.#prune(argument))
      case 'pruned':
        return this.#transact(() => this.#retention.pruned(argument.at, argument.events))
      case 'setKeepDays':
        return this.#transact(() => this.#retention.setKeepDays(argument))
      case 'close':
        return this.#close()
    }
  }

  #putEntities(entities: readonly NewEntity[]): void {
    for (const entity of entities) this.#log.entities.put(entity)
  }

  #changePreference({ actor, dimension, value, delta }: PreferenceChange): number | 'full' {
    return this.#preferences.change(this.#log.actors.id(actor), dimension, value, delta)
  }

  #addActivation({ activation, entityMustBeRegistered }: WriterCalls['addActivation'][0]): boolean {
    const { entities } = this.#log
    const { entityType, entityId } = activation
    const known = entities.find(entityType, entityId)
    if (entityMustBeRegistered && !known?.registered) return false
    this.#activations.add(activation, (known ?? entities.add(entityType, entityId)).id)
    return true
  }

  #erase({ person, found, now }: WriterCalls['erase'][0]): Erased {
    // What is taken back is taken back from all projections alike.
    this.#foldFor(Number.POSITIVE_INFINITY)
    try {
      return this.#transact(() => {
        const erased = this.#eraser.erase(person, found, (rows) => this.#folder.unfold(rows), now)
        this.#folder.stepBack()
        return { ...erased, rejected: this.#rejected.erase(person), errors: this.#errors.erase(person) }
      })
    } finally {
      this.#log.forget()
      this.#folder.forget()
      this.#walMustGo = true
      this.#truncateWal()
    }
  }

  #prune({ before, now }: WriterCalls['prune'][0]): WriterCalls['prune'][1] {
    this.#log.tombstones.expire(now)
    this.#log.caps.expire(now)
    this.#rejected.expire(now)
    this.#errors.expire(now)
    if (before === null) return { rows: 0, isDone: true }
    const { rows, isDone } = this.#pruner.step(before, this.#folder.seenByAll)
    this.#folder.stepBack()
    return { rows, isDone: isDone && this.#folder.prune() }
  }

  /** While somebody reads an older state, it cannot go: then it is tried again with the next fold. */
  #truncateWal(): void {
    if (!this.#walMustGo || !this.#db.open) return
    try {
      this.#walMustGo = !truncateWal(this.#db)
    } catch (error) {
      this.#say({ kind: 'trouble', error: this.#wireError(error) })
    }
  }

  #close(): void {
    try {
      this.#foldFor(foldAtCloseMs)
    } catch (error) {
      // A full disk keeps nobody from closing; what is pending is folded after the next start.
      this.#say({ kind: 'trouble', error: this.#wireError(error) })
    }
    this.#db.close()
    this.#lock?.close()
  }

  /** Folds step by step, letting whatever has arrived go first; a surge is waited out. */
  #planFold(): void {
    if (this.#foldIsPlanned || this.#folder.pending === 0 || !this.#db.open || this.#surge.isOn) return
    this.#foldIsPlanned = true
    setImmediate(() => {
      this.#foldIsPlanned = false
      if (!this.#db.open) return
      try {
        if (this.#folder.step()) this.#planFold()
      } catch (error) {
        this.#say({ kind: 'trouble', error: this.#wireError(error) })
      }
    })
  }

  /** Whether everything was folded within the time. Who sends events does not wait for whoever reads them. */
  #foldFor(budgetMs: number): boolean {
    if (this.#folder.pending === 0) return true
    const until = performance.now() + budgetMs
    while (this.#folder.step()) {
      this.#appendArrived()
      if (performance.now() >= until) return false
    }
    return true
  }

  #wireError(error: unknown): WireStoreError {
    const storeError = asStoreError(error, this.#file)
    const { code, message } = storeError
    if (code === 'unusable') this.#damage ??= storeError
    return { code, message }
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message)
  }
}

const countEvents = (message: AppendMessage) => message.sizes.reduce((sum, size) => sum + size, 0)

function splitRequests({ sizes, fields }: AppendMessage): NewEvent[][] {
  let next = 0
  return sizes.map((size) => Array.from({ length: size }, () => readEvent(fields, next++)))
}

function start(port: MessagePort, options: WriterOptions): void {
  try {
    new Writer(port, options).run()
  } catch (error) {
    const { code, message } = asStoreError(error, options.file)
    port.postMessage({ kind: 'refused', error: { code, message } } satisfies FromWriter)
    port.close()
  }
}

if (parentPort) start(parentPort, workerData as WriterOptions)
