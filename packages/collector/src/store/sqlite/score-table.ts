import { engagementScore } from '@tallymark/schemas/metrics'
import type { Database } from 'better-sqlite3'
import type { EntityTally } from '../reads.ts'
import { type TallyField, tallyFields } from './entity-tally.ts'

/** What happened to an entity over all time, and first. */
export interface Standing {
  firstAt: number
  tally: EntityTally
}

type ScoreRow = { entity: number; firstAt: number } & EntityTally

/** The column of a field. */
export const columnOf = (field: TallyField) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The columns of a tally, to be selected under the names of its fields. */
export const tallyColumns = tallyFields.map((field) => `${columnOf(field)} AS ${field}`).join()

/** Scores that one step of a refresh computes. */
const stepRows = 2000

/** The entities with their scores, stored so that they can be ranked. */
export class ScoreTable {
  readonly #find
  readonly #add
  readonly #change
  readonly #remove
  readonly #typeOf
  readonly #next
  readonly #score

  constructor(db: Database) {
    this.#find = db.prepare<[number], ScoreRow>(
      `SELECT entity, first_at AS firstAt, ${tallyColumns} FROM entity_score WHERE entity = ?`,
    )
    this.#add = db.prepare<number[]>(`
      INSERT INTO entity_score (first_at, score, ${tallyFields.map(columnOf).join()}, entity, entity_type)
      VALUES (?, ?, ${tallyFields.map(() => '?').join()}, ?, ?)`)
    this.#change = db.prepare<number[]>(`
      UPDATE entity_score SET first_at = ?, score = ?, ${tallyFields.map((field) => `${columnOf(field)} = ?`).join()}
      WHERE entity = ?`)
    this.#remove = db.prepare<[number]>('DELETE FROM entity_score WHERE entity = ?')
    this.#typeOf = db.prepare<[number], number>('SELECT type FROM entity WHERE id = ?').pluck()
    this.#next = db.prepare<[number], ScoreRow>(`
      SELECT entity, first_at AS firstAt, ${tallyColumns} FROM entity_score WHERE entity > ?
      ORDER BY entity LIMIT ${stepRows}`)
    this.#score = db.prepare<[number, number]>('UPDATE entity_score SET score = ? WHERE entity = ?')
  }

  find(entity: number): Standing | undefined {
    const row = this.#find.get(entity)
    return row && standingOf(row)
  }

  put(entity: number, { firstAt, tally }: Standing): void {
    const numbers = [firstAt, engagementScore(tally), ...tallyFields.map((field) => tally[field]), entity]
    if (this.#change.run(...numbers).changes === 0) this.#add.run(...numbers, this.#typeOf.get(entity) as number)
  }

  remove(entity: number): void {
    this.#remove.run(entity)
  }

  /** Computes the scores of the next entities anew. Returns how many, and the last of them where there may be more. */
  refresh(after: number): { scores: number; last: number | null } {
    const rows = this.#next.all(after)
    for (const row of rows) this.#score.run(engagementScore(row), row.entity)
    return { scores: rows.length, last: rows.length === stepRows ? (rows.at(-1) as ScoreRow).entity : null }
  }
}

function standingOf({ entity: _entity, firstAt, ...tally }: ScoreRow): Standing {
  return { firstAt, tally }
}
