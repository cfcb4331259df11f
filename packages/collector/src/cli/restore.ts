import { existsSync } from 'node:fs'
import { ConfigError, readConfig } from '../config.ts'
import { restore as restoreFile } from '../store/sqlite/restore.ts'
import type { Command } from './command.ts'

export const restore: Command = {
  summary: 'puts a backup in the database’s place, and keeps what was there',
  usage: `Usage: tallymark restore BACKUP [--db FILE] [--config FILE]

The collector must be stopped. BACKUP is checked and copied; the database that was there is kept beside it under another
name. Unless --db is given, the database is the one that is configured for serve.`,
  maxWords: 1,
  options: ['db', 'config'],

  run({ words: [from], options }) {
    if (!from) throw new ConfigError('restore takes the backup’s file: tallymark restore BACKUP')
    if (!existsSync(from)) throw new ConfigError(`${from}: there is no such file`)
    const { db } = readConfig(options)
    const replaced = restoreFile(from, db, Date.now())
    console.log(`${db}: restored from ${from}${replaced ? `; what was there is ${replaced} now` : ''}`)
    return 0
  },
}
