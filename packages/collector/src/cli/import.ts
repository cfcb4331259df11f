import { createReadStream, existsSync, statSync } from 'node:fs'
import { ConfigError, readConfig } from '../config.ts'
import { importLines } from '../store/sqlite/import.ts'
import type { Command } from './command.ts'
import { linesOf } from './lines.ts'
import { withDatabase } from './with-database.ts'

export const importAll: Command = {
  summary: 'makes a new database from an export',
  usage: `Usage: tallymark import FROM [--db FILE] [--config FILE]

FROM is what tallymark export wrote, or - for standard input. The database must not exist yet. Unless --db is given, it
is the one that is configured for serve.`,
  maxWords: 1,
  options: ['db', 'config'],

  async run({ words: [from], options }) {
    if (!from) throw new ConfigError('import takes the export’s file, or - for standard input')
    const config = readConfig(options)
    const input = from === '-' ? process.stdin : openFile(from)
    const counts = await importLines(config.db, linesOf(input.setEncoding('utf8')))
    await withDatabase(config, async (store) => {
      await store.flush()
      return 0
    })
    const rows = [...counts].map(([kind, count]) => `${kind} ${count.toLocaleString('en')}`)
    console.log(`${config.db}: ${rows.join(', ') || 'nothing was in it'}`)
    return 0
  },
}

function openFile(file: string) {
  if (!existsSync(file)) throw new ConfigError(`${file}: there is no such file`)
  if (statSync(file).isDirectory()) throw new ConfigError(`${file}: is a folder, and no file`)
  return createReadStream(file)
}
