import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError, type StoreErrorCode } from '../store.ts'
import { giveToOwnerOf } from './copy.ts'
import { migrate, needsMigration } from './migrate.ts'

/** `full`: a commit is on the disk. `normal`: a commit survives the process, not a power cut. */
export type Durability = 'full' | 'normal'

/** Of the log only the newest pages are written; the cache is for the projections' tables. */
const cacheKib = 32 * 1024
/**
 * With 16 MB in the write-ahead log, the writer writes back what the thread for checkpoints has not, and begins it anew.
 * In a flood that costs it some milliseconds, and syncs the database seldom enough.
 */
const checkpointPages = 4000
/** After a flood the write-ahead log is cut back to this. */
const walLimitBytes = 64 * 1024 * 1024

/** How long one connection waits for another one's transaction: whoever waits longer is better told to come again. */
const busyTimeoutMs = 2000

/** What a database consists of: its file, and beside it what SQLite takes for its own. */
export const databaseParts = ['', '-wal', '-shm', '-journal'] as const

/** Opens the file for the one writer: creates it where there is none, and brings it up to date. */
export function openForWriting(file: string, durability: Durability): Database.Database {
  return open(file, {}, (db) => {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    // Reading the header first: a file that is not ours must stay as it is, and changing the journal mode writes.
    db.pragma('schema_version')
    migrate(db)
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${durability}`)
    db.pragma(`cache_size = -${cacheKib}`)
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
    db.pragma(`journal_size_limit = ${walLimitBytes}`)
    // The schema's references document it. The writer gives the numbers out itself, and checking each would cost.
    db.pragma('foreign_keys = OFF')
    // What was deleted is overwritten, and not only forgotten: an erasure must not leave it in the file.
    db.pragma('secure_delete = ON')
    // A file that can only be read is refused here, with a sentence, and not with the first event.
    db.exec('DELETE FROM dictionary WHERE false')
  })
}

/** Opens a file beside the collector that may be using it; brings it up to date only if there is none. */
export function openForUpkeep(file: string): Database.Database {
  const lock = isUpToDate(file) ? undefined : lockForIngest(file)
  try {
    return openForWriting(file, 'full')
  } finally {
    lock?.close()
  }
}

/** @throws {StoreError} `unusable` when it is not ours, or of a later version */
function isUpToDate(file: string): boolean {
  if (!existsSync(file)) return false
  const db = openForReading(file)
  try {
    return !needsMigration(db)
  } catch (error) {
    throw asStoreError(error, file)
  } finally {
    db.close()
  }
}

/** What is wrong with the file itself, by a look at all of it. */
export function damagesOf(db: Database.Database): string[] {
  const found = db.prepare<[], string>('PRAGMA integrity_check').pluck().all()
  return found.length === 1 && found[0] === 'ok' ? [] : found
}

/** How long a new collector waits for the one before it to end. */
const lockTimeoutMs = 3000

/**
 * Keeps every other collector away from a database until it is closed, or its process ends in whatever way: two of
 * them would not know of each other's dedupe windows. The lock is SQLite's own, on a file beside the database, so
 * that upkeep such as `tallymark keys` can still go on.
 *
 * @throws {StoreError} `unavailable` when another collector has it
 */
export function lockForIngest(file: string): Database.Database {
  // Beside a file that is not ours nothing is made.
  isUpToDate(file)
  refuseDamaged(file)
  return lockBeside(file)
}

/** So much is looked through within a moment. What is damaged in a larger file comes to light when it is read. */
const checkedBytes = 64 * 1024 * 1024

/** A damaged file is refused before anything is written to it: each write might damage it more. */
function refuseDamaged(file: string): void {
  if (!existsSync(file) || statSync(file).size > checkedBytes) return
  const db = openForReading(file)
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true })).replaceAll('\n', ' ')
    if (found !== 'ok') throw new StoreError('unusable', `${file}: is damaged: ${found}${hints.SQLITE_CORRUPT}`)
  } catch (error) {
    throw asStoreError(error, file)
  } finally {
    db.close()
  }
}

/** The lock alone: what the file holds is not looked at. */
export function lockBeside(file: string): Database.Database {
  // Under whatever name it was opened: a link leads to the same lock.
  const lockFile = `${existsSync(file) ? realpathSync(file) : file}-lock`
  return open(lockFile, { timeout: lockTimeoutMs }, (db) => {
    try {
      // Of a file that can only be read nothing is locked, and nothing said: writing tells. It is never committed.
      db.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1')
      giveToOwnerOf(existsSync(file) ? file : dirname(file), lockFile)
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
      throw new StoreError(
        'unavailable',
        `${file}: another collector has it open: stop that one, or choose another file`,
      )
    }
  })
}

/**
 * Runs transactions that need not be on the disk when they return, for what they do can be done again. The next one that
 * has to be takes them along.
 */
export function unsynced<T>(db: Database.Database, work: () => T): T {
  const before = db.pragma('synchronous', { simple: true })
  db.pragma('synchronous = NORMAL')
  try {
    return work()
  } finally {
    db.pragma(`synchronous = ${before}`)
  }
}

/** Writes the write-ahead log back into the file and empties it. Returns false while somebody reads an older state. */
export function truncateWal(db: Database.Database): boolean {
  // Nobody's events wait for a reader.
  db.pragma('busy_timeout = 0')
  try {
    const [answer] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return answer?.busy === 0
  } finally {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
  }
}

/** Opens a file that the writer has already opened, for reading alone. */
export function openForReading(file: string): Database.Database {
  return open(file, { readonly: true, fileMustExist: true }, (db) => db.pragma(`busy_timeout = ${busyTimeoutMs}`))
}

/** Opens a file that the writer has already opened, to write its write-ahead log back. */
export function openForCheckpoints(file: string): Database.Database {
  return open(file, { fileMustExist: true }, (db) => db.pragma('busy_timeout = 0'))
}

function open(file: string, options: Database.Options, prepare: (db: Database.Database) => void): Database.Database {
  let db: Database.Database | undefined
  try {
    db = new Database(file, options)
    prepare(db)
    return db
  } catch (error) {
    db?.close()
    const isFolder = existsSync(file) && statSync(file).isDirectory()
    throw isFolder ? new StoreError('unusable', `${file}: is a folder, and no file`) : asStoreError(error, file)
  }
}

const codes: Record<string, StoreErrorCode> = {
  SQLITE_FULL: 'unavailable',
  SQLITE_IOERR: 'unavailable',
  SQLITE_BUSY: 'unavailable',
  SQLITE_LOCKED: 'unavailable',
  SQLITE_READONLY: 'unavailable',
  SQLITE_CANTOPEN: 'unavailable',
  SQLITE_PERM: 'unavailable',
  SQLITE_NOTADB: 'unusable',
  SQLITE_CORRUPT: 'unusable',
}

const notWritable = ' (the file and its folder must be writable for this user)'

/** What the driver's own words do not say. */
const hints: Record<string, string> = {
  SQLITE_READONLY: notWritable,
  SQLITE_CANTOPEN: notWritable,
  SQLITE_PERM: notWritable,
  SQLITE_CORRUPT: ' (stop what writes to it, and go back to a backup: tallymark restore)',
}

/** What an error of the driver means to the rest of the house. */
export function asStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  // Extended codes such as SQLITE_IOERR_WRITE begin with the primary one.
  const primary = /^SQLITE_[A-Z]+/.exec((error as { code?: string }).code ?? '')?.[0]
  const hint = hints[primary ?? ''] ?? ''
  return new StoreError(codes[primary ?? ''] ?? 'internal', `${file}: ${message}${hint}`, { cause: error })
}
