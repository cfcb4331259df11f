import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError } from '../store.ts'
import { asStoreError, databaseParts, lockBeside } from './connection.ts'
import { giveToOwnerOf, sync } from './copy.ts'
import { Dictionary } from './dictionary.ts'
import { formatVersion } from './export.ts'
import { type Column, columnsOf, exportedTables, sharedText } from './exported-tables.ts'
import { putTogether, stageFrozen } from './frozen-stage.ts'
import { migrate } from './migrate.ts'
import { SharedTexts } from './shared-texts.ts'

/** What folding the log will add to. */
const totalsOfFrozenDays = `
  INSERT INTO entity_total (entity, type, count, viewers)
  SELECT entity, type, sum(count), sum(viewers) FROM (
    SELECT entity, type, count, 0 AS viewers FROM entity_day UNION ALL SELECT entity, type, 0, viewers FROM entity_pruned)
  GROUP BY entity, type`

/** Rows in one transaction. */
const stepLines = 5000

/**
 * Makes a database from an export's lines. Under its name there is never half of it: it gets the name when it is whole.
 * Returns how many rows of each kind came in.
 *
 * @throws {StoreError} naming the line that cannot be used, or that the file exists already
 */
export async function importLines(file: string, lines: AsyncIterable<string>): Promise<Map<string, number>> {
  // A log of a file that is gone would be taken for that of the new one.
  const there = databaseParts.map((part) => file + part).find((part) => existsSync(part))
  if (there !== undefined) throw new StoreError('unusable', `${there}: exists already: an import makes a new database`)
  const lock = lockBeside(file)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    const counts = await fill(partial, lines)
    giveToOwnerOf(dirname(file), partial)
    sync(partial)
    renameSync(partial, file)
    return counts
  } catch (error) {
    rmSync(partial, { force: true })
    throw asStoreError(error, file)
  } finally {
    lock.close()
  }
}

async function fill(file: string, lines: AsyncIterable<string>): Promise<Map<string, number>> {
  const db = new Database(file)
  try {
    // Nobody knows of the file before it is whole, so nothing of it needs to survive a crash.
    db.pragma('journal_mode = OFF')
    db.pragma('synchronous = OFF')
    migrate(db)
    stageFrozen(db)
    const importer = new Importer(db)
    db.exec('BEGIN')
    for await (const line of lines) {
      importer.take(line)
      if (importer.taken % stepLines === 0) db.exec('COMMIT; BEGIN')
    }
    putTogether(db)
    db.exec(totalsOfFrozenDays)
    db.exec('COMMIT')
    return importer.finish()
  } finally {
    db.close()
  }
}

class Importer {
  readonly #tables
  readonly #dictionary
  readonly #texts
  readonly #findEntity
  readonly #findActor
  readonly #counts = new Map<string, number>()
  #taken = 0

  constructor(db: Database.Database) {
    this.#dictionary = new Dictionary(db)
    this.#texts = new SharedTexts(this.#dictionary)
    this.#findEntity = db.prepare<[number, string], number>('SELECT id FROM entity WHERE type = ? AND key = ?').pluck()
    this.#findActor = db.prepare<[string], number>('SELECT id FROM actor WHERE key = ?').pluck()
    this.#tables = new Map(
      exportedTables.map((table) => {
        const columns = columnsOf(db, table)
        const names = columns.map(({ name }) => name).join(', ')
        const insert = db.prepare(`INSERT INTO ${table.name} (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
        return [table.name, { columns, fields: new Set(columns.flatMap(({ fields }) => fields)), insert }] as const
      }),
    )
  }

  get taken(): number {
    return this.#taken
  }

  take(line: string): void {
    this.#taken++
    try {
      const { kind, ...fields } = JSON.parse(line) as Record<string, unknown>
      if (this.#taken === 1) checkHeader(kind, fields)
      else this.#insert(String(kind), fields)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new StoreError('unusable', `line ${this.#taken}: ${reason}`, { cause: error })
    }
  }

  finish(): Map<string, number> {
    if (this.#taken === 0) throw new StoreError('unusable', 'there is no line in it: an export begins with one')
    return this.#counts
  }

  #insert(kind: string, fields: Record<string, unknown>): void {
    const table = this.#tables.get(kind)
    if (!table) throw new Error(`there is no kind '${kind}'`)
    const unknown = Object.keys(fields).find((field) => !table.fields.has(field))
    if (unknown !== undefined) throw new Error(`${kind} has no field '${unknown}'`)
    table.insert.run(table.columns.map((column) => this.#value(column, fields)))
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  #value({ fields: [field = '', second = ''], refersTo, codec }: Column, line: Record<string, unknown>): unknown {
    const given = line[field]
    if (given === undefined || given === null) return null
    switch (refersTo) {
      case 'dictionary':
        return this.#dictionary.id(String(codec.decode(given)))
      case 'entity':
        return found(this.#findEntity.get(this.#dictionary.id(String(given)), String(line[second])), 'entity')
      case sharedText:
        return this.#texts.keep(String(codec.decode(given)), viewerOf(line))
      case 'actor':
        return found(this.#findActor.get(String(given)), 'actor')
      default:
        return codec.decode(given)
    }
  }
}

function viewerOf({ actorId, anonymousId, dayViewer, sessionId }: Record<string, unknown>): string | null {
  const viewer = actorId ?? anonymousId ?? dayViewer ?? sessionId
  return viewer === undefined ? null : String(viewer)
}

function checkHeader(kind: unknown, { version }: Record<string, unknown>): void {
  if (kind !== 'export') throw new Error('is not the beginning of an export of tallymark')
  if (version !== formatVersion) throw new Error(`has version ${version}, this tallymark reads ${formatVersion}`)
}

function found(id: number | undefined, what: string): number {
  if (id === undefined) throw new Error(`names an ${what} that no line before has`)
  return id
}
