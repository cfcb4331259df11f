import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigError, readConfig } from '../config.ts'
import type { Command } from './command.ts'
import { withDatabase } from './with-database.ts'

export const exportAll: Command = {
  summary: 'writes everything that is kept as NDJSON, while a collector may be using it',
  usage: `Usage: tallymark export [TO] [--db FILE] [--config FILE]

One JSON object a line: keys, entities, users, then every event in the order of receipt, and what else import needs to
make the same database again. TO must not exist yet; unless it is given, the lines go to standard output. Unless --db is
given, the database is the one that is configured for serve.`,
  maxWords: 1,
  options: ['db', 'config'],

  run({ words: [to], options }) {
    return withDatabase(readConfig(options), async (store) => {
      try {
        const lines = Readable.from(store.export())
        await (to === undefined ? pipeline(lines, process.stdout) : writeWhole(lines, to))
        return 0
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // Whoever reads our output may stop when they have seen enough.
        if (code === 'EPIPE') return 0
        if (code?.startsWith('E')) throw new ConfigError(message)
        throw error
      }
    })
  },
}

/** Under its name there is never half an export: one that ends with a whole line would be taken for all of it. */
async function writeWhole(lines: Readable, to: string): Promise<void> {
  if (existsSync(to)) throw new ConfigError(`${to}: exists already: an export makes a new file`)
  const partial = `${to}.partial`
  if (existsSync(partial)) {
    throw new ConfigError(`${partial}: exists already: another export is writing it, or was cut short: remove it then`)
  }
  try {
    await pipeline(lines, createWriteStream(partial, { flags: 'wx', flush: true }))
    renameSync(partial, to)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
