import Database from 'better-sqlite3'

/** What a database file holds, read behind the collector's back. */
export interface EventFile {
  /** The ids of its events, one for each row. */
  ids: string[]
  integrity: unknown
}

export function readEventFile(file: string): EventFile {
  const db = new Database(file, { fileMustExist: true })
  try {
    const ids = db.prepare<[], string>('SELECT lower(hex(id)) FROM event').pluck().all()
    return { ids: ids.map(toUuid), integrity: db.pragma('integrity_check', { simple: true }) }
  } finally {
    db.close()
  }
}

const toUuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** Which of the acknowledged events are lost, and which events are there more than once. */
export function compare({ ids }: EventFile, acknowledged: ReadonlySet<string>): { lost: string[]; twice: string[] } {
  const seen = new Set<string>()
  const twice = ids.filter((id) => seen.size === seen.add(id).size)
  return { lost: [...acknowledged].filter((id) => !seen.has(id)), twice }
}
