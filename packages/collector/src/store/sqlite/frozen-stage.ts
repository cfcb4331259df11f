import type { Database } from 'better-sqlite3'
import { crossingSessions } from './crossing-sessions.ts'
import { dayMs, FrozenDays, hourOf } from './days.ts'
import { type Fact, type FactColumn, factColumns } from './facts/fact.ts'
import { type Columns, edited, FactTable, maxPartRows, toColumns } from './facts/fact-table.ts'
import { Summaries } from './facts/summaries.ts'
import { type TermKind, Terms, termKinds } from './facts/terms.ts'

// The facts of frozen days are all that is left of their events. An export takes them apart into rows, an import puts
// them together again: in between they lie in tables of the connection alone.

/** Who it was is gone, and with it these. */
const gone: ReadonlySet<FactColumn> = new Set(['seq', 'viewer', 'session'])
const kept = factColumns.filter((name) => !gone.has(name))
const isTerm = (name: FactColumn): name is TermKind => name in termKinds

/** Makes the empty tables; a null stands for what facts call 0. */
export function stageFrozen(db: Database): void {
  const columns = kept.map((name) => `${name} ${isTerm(name) ? 'TEXT' : 'NUMERIC'}`).join(', ')
  db.exec(`
    CREATE TEMP TABLE frozen_fact (day INTEGER NOT NULL, ${columns});
    CREATE TEMP TABLE frozen_day_viewers (day INTEGER NOT NULL, type INTEGER, entity_type INTEGER, viewers INTEGER NOT NULL);
    CREATE TEMP TABLE frozen_session (session_id BLOB NOT NULL, started_at INTEGER NOT NULL, interactions INTEGER NOT NULL);
    CREATE TEMP TABLE frozen_session_hour (hour INTEGER NOT NULL, sessions INTEGER NOT NULL, duration_ms INTEGER NOT NULL, bounced INTEGER NOT NULL)`)
}

/** Fills the tables from what is frozen. */
export function takeApart(db: Database): void {
  const { end } = new FrozenDays(db)
  const table = new FactTable(db)
  const textOf = db.prepare<[number], string>('SELECT text FROM term WHERE id = ?').pluck()
  const insert = db.prepare(`INSERT INTO frozen_fact VALUES (?, ${kept.map(() => '?').join(', ')})`)
  for (const day of table.days().filter((each) => each < end)) {
    for (const part of table.parts(day)) {
      const columns = table.read(day, part)
      const factOf = (name: FactColumn, row: number) => {
        const value = columns[name][row] as number
        if (value === 0) return null
        return isTerm(name) ? textOf.get(value) : value
      }
      for (let row = 0; row < part.rows; row++) insert.run(day, ...kept.map((name) => factOf(name, row)))
    }
  }
  db.exec(`
    INSERT INTO frozen_day_viewers SELECT day, nullif(type, 0), nullif(entity_type, 0), viewers FROM frozen_viewers`)
  takeSessionsApart(db, end)
}

/**
 * A session that goes on after the frozen days is counted where it began. What the log still has of it will be folded
 * again after an import: until then it is as if it had ended where it began.
 */
function takeSessionsApart(db: Database, end: number): void {
  db.prepare<[number]>('INSERT INTO frozen_session_hour SELECT * FROM session_hour WHERE hour < ?').run(
    hourOf(end * dayMs),
  )
  const keep = db.prepare<[Buffer, number, number]>('INSERT INTO frozen_session VALUES (?, ?, ?)')
  const cut = db.prepare<[number, number, number]>(
    'UPDATE frozen_session_hour SET duration_ms = duration_ms + ?, bounced = bounced + ? WHERE hour = ?',
  )
  for (const session of crossingSessions(db, end)) {
    keep.run(session.key, session.startedAt, session.frozenInteractions)
    cut.run(session.cut.durationMs, session.cut.bounced, hourOf(session.startedAt))
  }
}

/** Makes facts of the rows again. */
export function putTogether(db: Database): void {
  const table = new FactTable(db)
  const terms = new Terms(db)
  const summaries = new Summaries(db)
  const days = db.prepare<[], number>('SELECT DISTINCT day FROM frozen_fact').pluck().all()
  const rows = db.prepare<[number], Record<string, number | string | null>>('SELECT * FROM frozen_fact WHERE day = ?')
  for (const day of days) {
    let facts: Fact[] = []
    let part = 0
    const write = () => {
      const columns: Columns = edited(
        toColumns(() => []),
        () => true,
        facts,
      )
      table.write(day, part++, columns)
      facts = []
    }
    for (const row of rows.all(day)) {
      const factOf = (name: FactColumn) => {
        const value = row[name] ?? 0
        return isTerm(name) ? used(terms, name, row[name]) : Number(value)
      }
      facts.push(Object.fromEntries(factColumns.map((name) => [name, factOf(name)])) as Fact)
      if (facts.length === maxPartRows) write()
    }
    if (facts.length > 0) write()
    summaries.freeze(day)
  }
  db.exec(`
    INSERT INTO frozen_viewers SELECT day, coalesce(type, 0), coalesce(entity_type, 0), viewers FROM frozen_day_viewers;
    INSERT INTO session_hour SELECT * FROM frozen_session_hour;
    INSERT INTO session (key) SELECT session_id FROM frozen_session;
    INSERT INTO session_span SELECT id, started_at, started_at, interactions FROM frozen_session JOIN session ON key = session_id`)
}

function used(terms: Terms, kind: TermKind, text: string | number | null | undefined): number {
  if (text === null || text === undefined) return 0
  const id = terms.id(kind, String(text))
  terms.use(id, 1)
  return id
}
