import { chmodSync, existsSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../store.ts'
import { asStoreError, databaseParts, lockBeside, openForReading } from './connection.ts'
import { copyInto, giveToOwnerOf } from './copy.ts'
import { needsMigration } from './migrate.ts'

/**
 * Puts a backup in a database's place. What was there is kept under another name, which is returned; undefined where
 * there was nothing.
 *
 * @throws {StoreError} when the backup is none, or damaged, or a collector has the database open; nothing is changed
 */
export function restore(backup: string, file: string, now: number): string | undefined {
  const lock = lockBeside(file)
  try {
    const incoming = `${file}.restored-${now}`
    const db = openForReading(backup)
    try {
      check(db, backup)
      copyInto(db, incoming)
    } finally {
      db.close()
    }
    const replaced = `${file}.replaced-${now}`
    const wasThere = existsSync(file)
    giveToOwnerOf(wasThere ? file : dirname(file), incoming)
    if (wasThere) chmodSync(incoming, statSync(file).mode)
    // Also where the file itself is gone: its log would be taken for that of the backup.
    for (const part of databaseParts) {
      if (existsSync(file + part)) renameSync(file + part, replaced + part)
    }
    renameSync(incoming, file)
    return wasThere ? replaced : undefined
  } catch (error) {
    throw asStoreError(error, backup)
  } finally {
    lock.close()
  }
}

function check(db: ReturnType<typeof openForReading>, backup: string): void {
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  // Ours, and not of a later version: an earlier one is brought up to date at the next start.
  needsMigration(db)
  if (isEmpty) throw new StoreError('unusable', `${backup}: is empty`)
  const found = db.pragma('integrity_check(1)', { simple: true })
  if (found !== 'ok') throw new StoreError('unusable', `${backup}: is damaged: ${found}`)
}
