import { type Store, StoreError } from '../store.ts'
import { type Durability, openForReading } from './connection.ts'
import type { DedupeWindows } from './dedupe.ts'
import { Reader } from './reader.ts'
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
  const { file, durability = 'full', windows, onTrouble, now = Date.now } = options
  const writer = await WriterClient.start({ file, durability, windows, now: now() }, onTrouble)
  const reader = new Reader(openForReading(file))

  return {
    append(events) {
      if (windows) return writer.append(events)
      return Promise.reject(new StoreError('internal', 'a store that was opened for upkeep takes no events'))
    },

    async putEntity(entity) {
      await writer.call('putEntity', entity)
    },

    entity: async (entityType, entityId) => reader.entity(entityType, entityId),

    async counts(query) {
      const asOf = await writer.call('fold', maxFoldWaitMs)
      return { answer: reader.counts(query), asOf }
    },

    keys: async () => reader.keys(),
    async addKey(key) {
      await writer.call('addKey', key)
    },

    revokeKey: (id, revokedAt) => writer.call('revokeKey', { id, revokedAt }),
    verify: () => writer.call('verify', null),
    fault: () => writer.fault,

    async close() {
      reader.close()
      await writer.close()
    },
  }
}
