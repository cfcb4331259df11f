import type { Database } from 'better-sqlite3'
import { BoundedMap } from '../../bounded-map.ts'

const cachedViewers = 100_000

/** Who stands behind a row of the log: the actor, else the device, else who it was for the day, else the session. */
export interface ViewerColumns {
  actor: number | null
  anonymousId: Buffer | null
  dayViewer: Buffer | null
  sessionId: Buffer | null
  /** The viewer's number, once it was asked for. */
  viewer?: number | null
}

/** The viewers, numbered as the log is folded. */
export class Viewers {
  readonly #ids = new BoundedMap<string, number>(cachedViewers)
  readonly #find
  readonly #add

  constructor(db: Database) {
    this.#find = db.prepare<[Buffer], number>('SELECT id FROM viewer WHERE key = ?').pluck()
    this.#add = db.prepare<[Buffer]>('INSERT INTO viewer (key) VALUES (?)')
  }

  /** The number of the viewer behind a row; null where there is none. */
  id(row: ViewerColumns): number | null {
    if (row.viewer === undefined) row.viewer = this.#idOf(viewerKey(row))
    return row.viewer
  }

  forget(): void {
    this.#ids.clear()
  }

  #idOf(key: string | null): number | null {
    if (key === null) return null
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const bytes = Buffer.from(key, 'latin1')
    const id = this.#find.get(bytes) ?? Number(this.#add.run(bytes).lastInsertRowid)
    this.#ids.set(key, id)
    return id
  }
}

/** Text of one byte a character, its first telling the kinds apart. */
export function viewerKey({ actor, anonymousId, dayViewer, sessionId }: ViewerColumns): string | null {
  if (actor !== null) return `u${actor}`
  if (anonymousId !== null) return `a${anonymousId.toString('latin1')}`
  if (dayViewer !== null) return `d${dayViewer.toString('latin1')}`
  if (sessionId !== null) return `s${sessionId.toString('latin1')}`
  return null
}
