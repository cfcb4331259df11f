import { existsSync } from 'node:fs'
import { ConfigError, defaultDatabase } from '../config.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import type { Command } from './command.ts'

export const verify: Command = {
  summary: 'recounts every projection from the log and says where they differ',
  usage: 'Usage: tallymark verify [FILE]\n\nFILE is ./tallymark.db unless it is given.',
  async run([file = defaultDatabase()]) {
    if (!existsSync(file)) throw new ConfigError(`${file}: there is no such file`)
    const store = await openSqliteStore({ file })
    try {
      const differences = await store.verify()
      for (const difference of differences) console.error(`${file}: ${difference}`)
      if (differences.length === 0) console.log(`${file}: every count agrees with the log`)
      return differences.length === 0 ? 0 : 1
    } finally {
      await store.close()
    }
  },
}
