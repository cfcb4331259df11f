import type { Database } from 'better-sqlite3'

/** Compares a table with its recount from the log, both as queries of the same columns; a sentence when they differ. */
export function differences(db: Database, table: string, stored: string, recount: string): string[] {
  const count = (sql: string) => db.prepare<[], number>(`SELECT count(*) FROM (${sql})`).pluck().get() ?? 0
  const wrong = count(`SELECT * FROM (${stored}) EXCEPT SELECT * FROM (${recount})`)
  const missing = count(`SELECT * FROM (${recount}) EXCEPT SELECT * FROM (${stored})`)
  if (wrong === 0 && missing === 0) return []
  return [
    `${table}: ${wrong} of its rows differ from the log, and ${missing} that the log has are missing or different`,
  ]
}
