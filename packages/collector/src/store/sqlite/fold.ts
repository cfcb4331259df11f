import type { Database } from 'better-sqlite3'
import { FrozenDays } from './days.ts'
import { Sessions } from './facts/sessions.ts'
import { storedPassiveTypes } from './passive-types.ts'
import { entityCounts } from './projections/entity-counts.ts'
import { entityScores } from './projections/entity-scores.ts'
import { facts } from './projections/facts.ts'
import {
  type FoldedPlan,
  type LoggedEvent,
  loggedColumns,
  type Projection,
  type ProjectionFactory,
} from './projections/projection.ts'
import { sessionSpans } from './projections/session-spans.ts'
import { Viewers } from './viewers.ts'

/** Every projection there is. A new one backfills itself: its cursor begins at the start of the log. */
const factories: readonly ProjectionFactory[] = [entityCounts, facts, sessionSpans, entityScores]

/** Rows in one step: it lets an append in after some 10 ms. Larger ones are hardly cheaper by the row. */
const stepRows = 250

/** Keeps the projections in step with the log. */
export class Folder {
  readonly #viewers: Viewers
  readonly #sessions: Sessions
  readonly #projections: readonly Projection[]
  readonly #readCursor
  readonly #saveCursor
  readonly #readRows
  readonly #readReceivedAt
  readonly #foldNext: (projection: Projection) => boolean
  readonly #verifyAll: () => string[]
  readonly #clampCursors
  #pending: number
  /** Which projection is being pruned. */
  #pruning = 0

  /** @param plan unless it is given, the one that the file was folded with */
  constructor(db: Database, plan?: FoldedPlan) {
    const frozen = new FrozenDays(db)
    this.#viewers = new Viewers(db)
    this.#sessions = new Sessions(db)
    const shared = { viewers: this.#viewers, sessions: this.#sessions, frozen, ...(plan ?? storedPlan(db)) }
    this.#projections = factories.map((make) => make(db, shared))
    this.#readCursor = db.prepare<[string], number>('SELECT cursor FROM projection WHERE name = ?').pluck()
    this.#saveCursor = db.prepare<[string, number]>(`
      INSERT INTO projection (name, cursor) VALUES (?, ?) ON CONFLICT DO UPDATE SET cursor = excluded.cursor`)
    this.#readRows = db.prepare<[number, number], LoggedEvent>(
      `SELECT ${loggedColumns} FROM event WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
    this.#clampCursors = db.prepare(
      'UPDATE projection SET cursor = min(cursor, (SELECT coalesce(max(seq), 0) FROM event))',
    )
    this.#readReceivedAt = db
      .prepare<[number], number>('SELECT received_at FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1')
      .pluck()
    this.#foldNext = db.transaction((projection: Projection) => this.#fold(projection)).immediate
    // In one transaction: rows and counts that a collector adds meanwhile are not seen by halves.
    this.#verifyAll = db.transaction(() =>
      this.#projections.flatMap((projection) => projection.verify(this.#cursor(projection))),
    )
    for (const projection of this.#projections) renew(db, projection)
    const head = db.prepare<[], number | null>('SELECT max(seq) FROM event').pluck().get() ?? 0
    this.#pending = head - this.seenByAll
  }

  /** About how many rows the projection furthest behind has not seen. */
  get pending(): number {
    return this.#pending
  }

  /** So many rows were committed to the log. */
  grown(rows: number): void {
    this.#pending += rows
  }

  /** Folds the next rows into every projection that lags. Returns whether anything is left to fold. */
  step(): boolean {
    try {
      const lagging = this.#projections.filter((projection) => this.#foldNext(projection))
      this.#pending = lagging.length > 0 ? Math.max(1, this.#pending - stepRows) : 0
      return lagging.length > 0
    } catch (error) {
      this.forget()
      throw error
    }
  }

  /** Up to when the projections are complete: the time of receipt of the last row that all have seen. */
  completeUpTo(): number {
    return this.#readReceivedAt.get(this.seenByAll) ?? 0
  }

  /** Takes back rows that are about to be erased, from the projections that have seen them. */
  unfold(rows: readonly LoggedEvent[]): void {
    for (const projection of this.#projections) {
      const cursor = this.#cursor(projection)
      projection.unfold(rows.filter(({ seq }) => seq <= cursor))
    }
  }

  /** One small step of letting go of viewers on frozen days. Returns whether all projections are through. */
  prune(): boolean {
    if (this.#projections[this.#pruning]?.prune()) this.#pruning++
    const isDone = this.#pruning >= this.#projections.length
    if (isDone) this.#pruning = 0
    return isDone
  }

  /** After rows were deleted: the log gives the number of its last row away again, and nobody may have seen it yet. */
  stepBack(): void {
    this.#clampCursors.run()
  }

  /** What a transaction that never happened, or the erasure of a person, has made void. */
  forget(): void {
    this.#viewers.forget()
    this.#sessions.forget()
    for (const projection of this.#projections) projection.forget?.()
  }

  /** Recounts each projection from as much of the log as it has seen. Empty when nothing differs. */
  verify(): string[] {
    return this.#verifyAll()
  }

  /**
   * One projection's next step, inside a transaction. The cursor is read from the file each time: another process,
   * such as `tallymark verify`, may have folded meanwhile.
   */
  #fold(projection: Projection): boolean {
    const rows = this.#readRows.all(this.#cursor(projection), stepRows)
    const last = rows.at(-1)
    if (!last) return false
    projection.fold(rows)
    this.#saveCursor.run(projection.name, last.seq)
    return rows.length === stepRows
  }

  /** The last row of the log that every projection has seen. */
  get seenByAll(): number {
    return Math.min(...this.#projections.map((projection) => this.#cursor(projection)))
  }

  #cursor(projection: Projection): number {
    return this.#readCursor.get(projection.name) ?? 0
  }
}

/** Begins a projection anew that was folded under another version of what it depends on. */
function renew(db: Database, { name, version, reset }: Projection): void {
  if (version === undefined) return
  const stored = db.prepare<[string], string | null>('SELECT version FROM projection WHERE name = ?').pluck().get(name)
  if (stored === version) return
  db.transaction(() => {
    reset?.()
    db.prepare<[string, string]>(`
      INSERT INTO projection (name, cursor, version) VALUES (?, 0, ?)
      ON CONFLICT DO UPDATE SET cursor = 0, version = excluded.version`).run(name, version)
  }).immediate()
}

function storedPlan(db: Database): FoldedPlan {
  const versionOf = db.prepare<[string], string | null>('SELECT version FROM projection WHERE name = ?').pluck()
  return {
    passive: storedPassiveTypes(db),
    roles: JSON.parse(versionOf.get('entity_scores') ?? '{}'),
  }
}
