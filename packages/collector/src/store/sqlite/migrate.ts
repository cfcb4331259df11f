import type { Database } from 'better-sqlite3'
import { StoreError } from '../store.ts'
import { copyInto } from './copy.ts'
import { log } from './migrations/001-log.ts'
import { entityCounts } from './migrations/002-entity-counts.ts'
import { enrichment } from './migrations/003-enrichment.ts'
import { overCap } from './migrations/004-over-cap.ts'
import { operations } from './migrations/005-operations.ts'
import { facts } from './migrations/006-facts.ts'
import { writes } from './migrations/007-writes.ts'
import { sharedTexts } from './migrations/008-shared-texts.ts'
import { scores } from './migrations/009-scores.ts'
import { dailyCaps } from './migrations/010-daily-caps.ts'
import { dayViewers } from './migrations/011-day-viewers.ts'
import { retention } from './migrations/012-retention.ts'
import { sparseColumns } from './migrations/013-sparse-columns.ts'
import { numberedRows } from './migrations/014-numbered-rows.ts'
import { firstTouches } from './migrations/015-first-touches.ts'
import { allSteps } from './migrations/016-all-steps.ts'
import { partTimes } from './migrations/017-part-times.ts'
import { sessionHours } from './migrations/018-session-hours.ts'
import { past } from './migrations/019-past.ts'

/** In the order of their numbers; forward only. A file's `user_version` is the number of those it has seen. */
export const migrations: readonly string[] = [
  log,
  entityCounts,
  enrichment,
  overCap,
  operations,
  facts,
  writes,
  sharedTexts,
  scores,
  dailyCaps,
  dayViewers,
  retention,
  sparseColumns,
  numberedRows,
  firstTouches,
  allSteps,
  partTimes,
  sessionHours,
  past,
]

/** Marks the file as ours: "tlym". */
const applicationId = 0x74_6c_79_6d

/**
 * Brings a database up to date, after a backup beside the file if it held anything.
 *
 * @throws {StoreError} `unusable` when the file is not ours or was written by a newer version; it is left untouched
 */
export function migrate(db: Database, steps: readonly string[] = migrations): void {
  if (!needsMigration(db, steps)) return
  if (versionOf(db) > 0) copyInto(db, `${db.name}.backup-v${versionOf(db)}-${Date.now()}`)
  db.transaction(() => {
    // Read once more: another process may have been faster.
    for (const sql of steps.slice(versionOf(db))) db.exec(sql)
    db.pragma(`user_version = ${steps.length}`)
    db.pragma(`application_id = ${applicationId}`)
  }).exclusive()
}

/**
 * Whether a database is new or of an earlier version.
 *
 * @throws {StoreError} `unusable` when it is not ours, or of a later version
 */
export function needsMigration(db: Database, steps: readonly string[] = migrations): boolean {
  const version = versionOf(db)
  const owner = db.pragma('application_id', { simple: true }) as number
  const empty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').pluck().get() === 0
  if (owner !== applicationId && !empty) {
    throw new StoreError('unusable', `${db.name} is an SQLite database of another program: choose another file`)
  }
  if (version > steps.length) {
    throw new StoreError(
      'unusable',
      `${db.name} was written by a newer version (schema ${version}, this one knows ${steps.length}): upgrade tallymark`,
    )
  }
  return version < steps.length
}

const versionOf = (db: Database) => db.pragma('user_version', { simple: true }) as number
