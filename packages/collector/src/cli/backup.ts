import { readConfig } from '../config.ts'
import type { Command } from './command.ts'
import { withDatabase } from './with-database.ts'

export const backup: Command = {
  summary: 'writes a copy of the database, while a collector may be using it',
  usage: `Usage: tallymark backup [TO] [--db FILE] [--config FILE]

TO must not exist yet; unless it is given, the copy lies beside the database with the time in its name. Unless --db is
given, the database is the one that is configured for serve.`,
  maxWords: 1,
  options: ['db', 'config'],

  async run({ words: [to], options }) {
    return withDatabase(readConfig(options), async (store) => {
      const { file, bytes } = await store.backup(to)
      console.log(`${file}: ${bytes.toLocaleString('en')} bytes`)
      return 0
    })
  },
}
