import type { Database } from 'better-sqlite3'

/** The event types that were no interactions of a session when the file was folded last. */
export function storedPassiveTypes(db: Database): string[] {
  const stored = db
    .prepare<[], string | null>("SELECT version FROM projection WHERE name = 'session_spans'")
    .pluck()
    .get()
  return stored ? JSON.parse(stored) : []
}

export function passiveTypeIds(db: Database, types: readonly string[] = storedPassiveTypes(db)): ReadonlySet<number> {
  const idOf = db.prepare<[string], number>('SELECT id FROM dictionary WHERE value = ?').pluck()
  return new Set(types.flatMap((type) => idOf.get(type) ?? []))
}
