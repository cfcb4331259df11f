import Database from 'better-sqlite3'
import type { Fault } from './fault.ts'

/** Another process begins a transaction on its database, and does not end it. */
export function locked(): Fault {
  let other: Database.Database | undefined
  return {
    name: 'finds its database locked by another process',
    cause({ file }) {
      other = new Database(file)
      other.pragma('busy_timeout = 10000')
      other.exec('BEGIN IMMEDIATE')
    },
    shows: 'refusals',
    heal: () => void other?.close(),
  }
}
