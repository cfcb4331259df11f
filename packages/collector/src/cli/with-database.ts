import { existsSync } from 'node:fs'
import { type Config, ConfigError } from '../config.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'

/** Opens the database that is there, beside the collector that may be using it, for as long as the work takes. */
export async function withDatabase(config: Config, work: (store: Store) => Promise<number>): Promise<number> {
  if (!existsSync(config.db)) throw new ConfigError(`${config.db}: there is no such file`)
  return withNewDatabase(config, work)
}

/** The same, and makes the database where there is none. */
export async function withNewDatabase({ db }: Config, work: (store: Store) => Promise<number>): Promise<number> {
  const store = await openSqliteStore({ file: db })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
