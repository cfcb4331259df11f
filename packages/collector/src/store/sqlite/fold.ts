import type { Database } from 'better-sqlite3'
import { unsynced } from './connection.ts'
import { FrozenDays } from './days.ts'
import { Sessions } from './facts/sessions.ts'
import { Pace } from './pace.ts'
import { storedPassiveTypes } from './passive-types.ts'
import { entityCounts } from './projections/entity-counts.ts'
import { entityScores } from './projections/entity-scores.ts'
import { facts } from './projections/facts.ts'
import type { FoldedPlan, LoggedEvent, Projection, ProjectionFactory } from './projections/projection.ts'
import { sessionSpans } from './projections/session-spans.ts'
import { RecentRows } from './recent-rows.ts'
import { Viewers } from './viewers.ts'

/** Every projection there is. A new one backfills itself: its cursor begins at the start of the log. */
const factories: readonly ProjectionFactory[] = [entityCounts, facts, sessionSpans, entityScores]

/** How long an append may have to wait for a step: the tenth part of what 99 of 100 requests may take in all. */
const stepMs = 2
/** So few rows are folded by all projections in one transaction. */
const fewRows = 100
/** Behind by as many, the rows count more than who waits: in large steps a row costs two thirds. */
const backlogRows = 5000
const backlogStepMs = 25

/** Keeps the projections in step with the log. */
export class Folder {
  readonly #viewers: Viewers
  readonly #sessions: Sessions
  readonly #projections: readonly Projection[]
  readonly #paces: ReadonlyMap<Projection, Pace>
  readonly #rows: RecentRows
  readonly #readCursor
  readonly #saveCursor
  readonly #readReceivedAt
  readonly #readHead
  readonly #foldNext: (projections: readonly Projection[], budgetMs: number) => number[]
  readonly #verifyAll: () => string[]
  readonly #clampCursors
  readonly #readVersion
  /** Changes when somebody else has written to the file. */
  #version: number | undefined
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
    this.#paces = new Map(this.#projections.map((projection) => [projection, new Pace()]))
    this.#rows = new RecentRows(db)
    this.#readVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
    this.#readCursor = db.prepare<[string], number>('SELECT cursor FROM projection WHERE name = ?').pluck()
    this.#saveCursor = db.prepare<[string, number]>(`
      INSERT INTO projection (name, cursor) VALUES (?, ?) ON CONFLICT DO UPDATE SET cursor = excluded.cursor`)
    this.#clampCursors = db.prepare(
      'UPDATE projection SET cursor = min(cursor, (SELECT coalesce(max(seq), 0) FROM event))',
    )
    this.#readReceivedAt = db
      .prepare<[number], number>('SELECT received_at FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1')
      .pluck()
    const foldNext = db.transaction((projections: readonly Projection[], budgetMs: number) => {
      this.#heedOthers()
      return projections.map((projection) => this.#fold(projection, budgetMs))
    }).immediate
    // What a power cut takes of the projections is folded again: only the log has to be on the disk.
    this.#foldNext = (...step) => unsynced(db, () => foldNext(...step))
    // In one transaction: rows and counts that a collector adds meanwhile are not seen by halves.
    this.#verifyAll = db.transaction(() =>
      this.#projections.flatMap((projection) => projection.verify(this.#cursor(projection))),
    )
    for (const projection of this.#projections) renew(db, projection)
    this.#readHead = db.prepare<[], number | null>('SELECT max(seq) FROM event').pluck()
    this.#pending = this.#unseen()
  }

  /** About how many rows the projection furthest behind has not seen. */
  get pending(): number {
    return this.#pending
  }

  /** So many rows were committed to the log. */
  grown(rows: number): void {
    this.#pending += rows
  }

  /**
   * Folds the next rows into the projection furthest behind, or a few rows into all of them at once. Returns whether
   * anything is left to fold.
   */
  step(): boolean {
    const byCursor = this.#projections.toSorted((a, b) => this.#cursor(a) - this.#cursor(b))
    try {
      if (this.#pending > fewRows) this.#stepOf(byCursor[0] as Projection)
      else this.#foldNext(byCursor, stepMs)
      this.#pending = this.#unseen()
      return this.#pending > 0
    } catch (error) {
      this.forget()
      throw error
    }
  }

  #stepOf(projection: Projection): void {
    const begin = performance.now()
    const [rows = 0] = this.#foldNext([projection], this.#pending > backlogRows ? backlogStepMs : stepMs)
    this.#paces.get(projection)?.took(rows, performance.now() - begin)
  }

  /** Between the head of the log and the row that all projections have seen. */
  #unseen(): number {
    return Math.max(0, (this.#readHead.get() ?? 0) - this.seenByAll)
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
    this.#rows.forget()
  }

  /** One small step of letting go of viewers on frozen days. Returns whether all projections are through. */
  prune(): boolean {
    this.#rows.forget()
    if (this.#projections[this.#pruning]?.prune()) this.#pruning++
    const isDone = this.#pruning >= this.#projections.length
    if (isDone) this.#pruning = 0
    return isDone
  }

  /** After rows were deleted: the log gives the number of its last row away again, and nobody may have seen it yet. */
  stepBack(): void {
    this.#clampCursors.run()
    this.#rows.forget()
  }

  /** What a transaction that never happened, or the erasure of a person, has made void. */
  forget(): void {
    this.#rows.forget()
    this.#viewers.forget()
    this.#sessions.forget()
    for (const projection of this.#projections) projection.forget?.()
  }

  /** Recounts each projection from as much of the log as it has seen. Empty when nothing differs. */
  verify(): string[] {
    return this.#verifyAll()
  }

  /**
   * One projection's next step, inside a transaction: returns its rows. The cursor is read from the file each time:
   * another process, such as `tallymark verify`, may have folded meanwhile.
   */
  #fold(projection: Projection, budgetMs: number): number {
    const rows = this.#rows.after(this.#cursor(projection), this.#paces.get(projection)?.rowsIn(budgetMs) ?? fewRows)
    const last = rows.at(-1)
    if (!last) return 0
    projection.fold(rows)
    this.#saveCursor.run(projection.name, last.seq)
    return rows.length
  }

  /** Another process may have folded, or erased, what is remembered here. */
  #heedOthers(): void {
    const version = this.#readVersion.get()
    if (version !== this.#version) this.forget()
    this.#version = version
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
