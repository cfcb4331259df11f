import { existsSync, statSync } from 'node:fs'
import { type Config, ConfigError } from '../config.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'

/** Opens the database that is there, beside the collector that may be using it, for as long as the work takes. */
export async function withDatabase(config: Config, work: (store: Store) => Promise<number>): Promise<number> {
  refuseNothing(config)
  return withNewDatabase(config, work)
}

/** The same, with no collector beside it: one would not notice what changes behind its back. */
export async function withIdleDatabase(config: Config, work: (store: Store) => Promise<number>): Promise<number> {
  refuseNothing(config)
  return closingAfter(await openSqliteStore({ file: config.db, windows: { byType: {}, fallbackMs: 0 } }), work)
}

/** The same, and makes the database where there is none. */
export async function withNewDatabase({ db }: Config, work: (store: Store) => Promise<number>): Promise<number> {
  return closingAfter(await openSqliteStore({ file: db }), work)
}

/** An empty file would become a new database, and `verify` find it good. */
function refuseNothing({ db }: Config): void {
  if (!existsSync(db)) throw new ConfigError(`${db}: there is no such file`)
  if (statSync(db).size === 0) throw new ConfigError(`${db}: is empty`)
}

async function closingAfter(store: Store, work: (store: Store) => Promise<number>): Promise<number> {
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
