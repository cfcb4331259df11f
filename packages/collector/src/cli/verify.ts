import { ConfigError, readConfig } from '../config.ts'
import type { Command } from './command.ts'
import { withDatabase } from './with-database.ts'

export const verify: Command = {
  summary: 'looks through the whole file, recounts every projection and says where they differ',
  usage: `Usage: tallymark verify [FILE] [--config FILE]

FILE, or --db FILE, is the database; unless it is given, the one that is configured for serve.`,
  maxWords: 1,
  options: ['db', 'config'],

  async run({ words: [file], options }) {
    if (file !== undefined && options.db !== undefined) throw new ConfigError(`--db: ${file} is named already`)
    const config = readConfig(file === undefined ? options : { ...options, db: file })
    return withDatabase(config, async (store) => {
      const differences = await store.verify()
      for (const difference of differences) console.error(`${config.db}: ${difference}`)
      if (differences.length === 0) console.log(`${config.db}: the file is whole, and every count agrees with the log`)
      return differences.length === 0 ? 0 : 1
    })
  },
}
