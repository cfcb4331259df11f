import { statSync } from 'node:fs'
import type { Funnel } from '../reads.ts'
import { type Backup, type Store, StoreError } from '../store.ts'
import { backUp } from './backup.ts'
import { Checkpointer } from './checkpointer.ts'
import { type Durability, openForReading } from './connection.ts'
import type { DedupeWindows } from './dedupe.ts'
import { exportLines } from './export.ts'
import type { FoldedPlan } from './projections/projection.ts'
import { daysBefore } from './pruner.ts'
import { ReadPool } from './read-pool.ts'
import { Reader } from './reader.ts'
import { RowStreams } from './row-streams.ts'
import { WriterClient } from './writer-client.ts'

export interface SqliteOptions {
  /** Path of the database file; it is created where there is none. */
  file: string
  /** Default `full`. */
  durability?: Durability
  /**
   * The windows of the plan's dedupe rules, to remember after a restart what the log received lately. Without them the
   * store is for upkeep: it may be open beside a collector's, and takes no events.
   */
  windows?: DedupeWindows
  /** Events that count of one client, entity and type a day; default: any number. */
  dailyCap?: number
  /** What the plan says of event types; default: as the file was folded before, in a new one nothing. */
  plan?: FoldedPlan
  /** Funnels that the plan declares: days are summed up for them. Default: as the file has them. */
  funnels?: readonly Funnel[]
  /** Told of trouble that no caller hears of. */
  onTrouble?: (error: Error) => void
  now?: () => number
}

/** How long a report may wait for pending events to be folded before it answers with what there is. */
const maxFoldWaitMs = 50

/**
 * The store in one SQLite file: a thread that writes, and a connection that reads.
 *
 * @throws {StoreError} when the file cannot be used, with a sentence that says why
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { file, durability = 'full', windows, dailyCap = 0, plan, funnels, onTrouble, now = Date.now } = options
  if (file === '' || file === ':memory:') {
    throw new StoreError('unusable', `the database '${file}' must be a file: two connections share it`)
  }
  const writer = await WriterClient.start({ file, durability, windows, dailyCap, plan, funnels, now: now() }, onTrouble)
  const pool = new ReadPool({ file, funnels: funnels ?? [] })
  const streams = new RowStreams({ file, funnels: funnels ?? [] })
  const reader = await openReader(file, writer)
  const checkpointer = windows && new Checkpointer(file, onTrouble)

  let folding: Promise<unknown> = Promise.resolve()
  let nextFold: Promise<number | null> | undefined
  /** How often something was appended, and how much of that is known to be folded. */
  let appends = 0
  let foldedAppends = -1
  /** Folding takes the writer's time: all reports that are asked for while one fold runs share the next. */
  function fold(): Promise<number | null> {
    nextFold ??= folding.then(() => {
      nextFold = undefined
      const appendsBefore = appends
      const call = writer.call('fold', maxFoldWaitMs).then((asOf) => {
        if (asOf === null) foldedAppends = appendsBefore
        return asOf
      })
      folding = Promise.allSettled([call])
      return call
    })
    return nextFold
  }

  /**
   * Folds what is pending, and says up to when the projections are complete where that took too long. A full disk can
   * still be read: for a medium that refuses, nobody waits.
   */
  async function foldFirst(): Promise<number | null> {
    if (writer.fault) return reader.completeUpTo()
    // For upkeep the file is open beside a collector, whose events nobody counts here.
    if (windows && foldedAppends === appends) return null
    try {
      return await fold()
    } catch (error) {
      if (error instanceof StoreError && error.code === 'unavailable') return reader.completeUpTo()
      throw error
    }
  }

  async function flush(): Promise<void> {
    // The writer takes things in their order: what was appended before is committed when the first fold is answered.
    while ((await writer.call('fold', maxFoldWaitMs)) !== null);
  }

  let backingUp: Promise<Backup> | undefined

  return {
    append(events) {
      appends++
      checkpointer?.arrived(events.length)
      if (windows) return writer.append(events)
      return Promise.reject(new StoreError('internal', 'a store that was opened for upkeep takes no events'))
    },

    async putEntities(entities) {
      await writer.call('putEntities', entities)
    },

    deleteEntity: (entityType, entityId) => writer.call('deleteEntity', { entityType, entityId }),
    entity: async (entityType, entityId) => reader.entity(entityType, entityId),
    entities: async (query) => reader.entities(query),

    async counts(query) {
      const atOnce = reader.counts(query)
      if (atOnce.isComplete) return { answer: atOnce.answer, asOf: null }
      const asOf = await foldFirst()
      const { answer, isComplete } = reader.counts(query)
      return { answer, asOf: isComplete ? null : asOf }
    },

    async read(name, query) {
      const asOf = await foldFirst()
      return { answer: await pool.read(name, query), asOf }
    },

    async refreshScores() {
      let refreshed = 0
      for (let after: number | null = 0; after !== null; ) {
        const step: { scores: number; last: number | null } = await writer.call('refreshScores', after)
        refreshed += step.scores
        after = step.last
      }
      return refreshed
    },

    async stream(name, query, format) {
      const asOf = await foldFirst()
      return { answer: streams.rows(name, query, format), asOf }
    },

    async summarise(worth) {
      let days = 0
      for (let plan = await writer.call('planSummary', worth); plan; plan = await writer.call('planSummary', worth)) {
        await writer.call('keepSummary', { plan, data: await pool.summarise(plan) })
        days++
      }
      for (let plan = await writer.call('planPast', null); plan; plan = await writer.call('planPast', null)) {
        // Where events come in for its days all the time, it is made when they no longer do.
        if (!(await writer.call('keepPast', { plan, data: await pool.past(plan) }))) break
      }
      return days
    },

    async session(sessionId) {
      await foldFirst()
      return reader.session(sessionId)
    },

    changePreference: (change) => writer.call('changePreference', change),
    preferences: async (userId) => reader.preferences.of(userId),

    addActivation: (activation, entityMustBeRegistered) =>
      writer.call('addActivation', { activation, entityMustBeRegistered }),
    replaceActivation: (was, activation) => writer.call('replaceActivation', { was, activation }),
    activation: async (id) => reader.activations.get(id),
    activations: async (query) => reader.activations.list(query),

    keys: async () => reader.keys(),
    async addKey(key) {
      await writer.call('addKey', key)
    },

    revokeKey: (id, revokedAt) => writer.call('revokeKey', { id, revokedAt }),
    verify: () => writer.call('verify', null),
    fault: () => writer.fault,
    probe: () => writer.probe(),

    flush,

    keepRejected: (rejected) => writer.call('keepRejected', rejected),
    rejectedGroups: async () => reader.rejected.groups(),
    rejectedEvents: async (query) => reader.rejected.list(query),
    removeRejected: (ids) => writer.call('removeRejected', ids),
    purgeRejected: (which) => writer.call('purgeRejected', which),

    keepErrors: (errors) => (errors.length === 0 ? Promise.resolve([]) : writer.call('keepErrors', errors)),
    errors: async (query) => reader.errors.list(query),
    purgeErrors: () => writer.call('purgeErrors', null),

    erase: async (person) => writer.call('erase', { person, found: await reader.find(person), now: now() }),

    async prune(keepDays) {
      const before = keepDays === undefined ? null : daysBefore(now(), keepDays)
      let pruned = 0
      // Rows are let go once they are folded.
      if (before !== null) await flush()
      for (;;) {
        const { rows, isDone } = await writer.call('prune', { before, now: now() })
        pruned += rows
        if (isDone) break
      }
      if (pruned > 0) await writer.call('pruned', { at: now(), events: pruned })
      return pruned
    },

    retention: async () => reader.retention.read(),
    async setKeepDays(keepDays) {
      await writer.call('setKeepDays', keepDays)
    },

    backup(to = `${file}.backup-${timestamp(now())}`) {
      // Whoever asks while one is written gets that one.
      backingUp ??= backUp(file, to)
        .then((bytes) => ({ file: to, bytes }))
        .finally(() => {
          backingUp = undefined
        })
      return backingUp
    },

    export: () => exportLines(file, now()),
    size: async () => ({ bytes: sizeOf(file), walBytes: sizeOf(`${file}-wal`) }),

    async close() {
      // Reports that wait for a fold are answered first. The reader goes before the writer, for the last connection
      // of all writes the write-ahead log back into the file.
      await Promise.allSettled([nextFold, folding])
      reader.close()
      await Promise.all([pool.close(), streams.close(), checkpointer?.close()])
      await writer.close()
    },
  }
}

/** A file that the writer could open and the reader cannot must not leave the writer's thread behind. */
async function openReader(file: string, writer: WriterClient): Promise<Reader> {
  try {
    return new Reader(openForReading(file))
  } catch (error) {
    await writer.close()
    throw error
  }
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** As it may stand in a file's name: 20260115T120000.000Z. */
const timestamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]/g, '')
