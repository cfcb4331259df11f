import { createWriteStream } from 'node:fs'
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
        const target = to === undefined ? process.stdout : createWriteStream(to, { flags: 'wx' })
        await pipeline(Readable.from(store.export()), target)
        return 0
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // Whoever reads our output may stop when they have seen enough.
        if (code === 'EPIPE') return 0
        if (code === 'EEXIST') throw new ConfigError(`${to}: exists already: an export makes a new file`)
        if (code?.startsWith('E')) throw new ConfigError(message)
        throw error
      }
    })
  },
}
