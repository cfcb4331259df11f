import type { Database } from 'better-sqlite3'
import { type LoggedEvent, loggedColumns } from './projections/projection.ts'

/**
 * The rows of the log that some projections have folded and others have not. All of them fold the same rows, one
 * projection after the other: read once for all, they cost a quarter.
 */
export class RecentRows {
  readonly #read
  /** All rows behind `#from`, as far as they were read. */
  #rows: LoggedEvent[] = []
  #from = 0

  constructor(db: Database) {
    this.#read = db.prepare<[number, number], LoggedEvent>(
      `SELECT ${loggedColumns} FROM event WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
  }

  /** The next rows behind a cursor, at most so many. What lies before the cursor is let go: nobody is further behind. */
  after(cursor: number, limit: number): readonly LoggedEvent[] {
    this.#letGo(cursor)
    const missing = limit - this.#rows.length
    if (missing > 0) {
      const more = this.#read.all(this.#rows.at(-1)?.seq ?? cursor, missing)
      this.#rows = this.#rows.length === 0 ? more : [...this.#rows, ...more]
    }
    return this.#rows.length > limit ? this.#rows.slice(0, limit) : this.#rows
  }

  /** The log was changed by other means than by appending to it. */
  forget(): void {
    this.#rows = []
  }

  #letGo(cursor: number): void {
    const isHeld = cursor >= this.#from && cursor < (this.#rows.at(-1)?.seq ?? 0)
    if (!isHeld) this.#rows = []
    else if (cursor > this.#from) this.#rows = this.#rows.slice(this.#rows.findIndex(({ seq }) => seq > cursor))
    this.#from = cursor
  }
}
