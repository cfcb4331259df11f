import { isBounce } from '@tallymark/schemas/metrics'
import type { Database } from 'better-sqlite3'
import { dayMs } from './days.ts'
import { FactReader } from './facts/fact-reader.ts'
import { passiveTypeIds } from './passive-types.ts'

/** A session that started on a frozen day and went on after it. */
export interface CrossingSession {
  session: number
  key: Buffer
  startedAt: number
  /** On the frozen days alone. */
  frozenInteractions: number
  /** What the totals of its hour have to be changed by for it to have ended where it began. */
  cut: { durationMs: number; bounced: number }
}

interface Span extends Omit<CrossingSession, 'frozenInteractions' | 'cut'> {
  durationMs: number
  interactions: number
}

export function crossingSessions(db: Database, end: number): CrossingSession[] {
  const spans = db
    .prepare<[number, number], Span>(`
      SELECT session, key, started_at AS startedAt, ended_at - started_at AS durationMs, interactions
      FROM session_span JOIN session ON id = session WHERE started_at < ? AND ended_at >= ?`)
    .all(end * dayMs, end * dayMs)
  const later = interactionsSince(db, end, new Set(spans.map(({ session }) => session)))
  return spans.map(({ session, key, startedAt, durationMs, interactions }) => {
    const frozenInteractions = interactions - (later.get(session) ?? 0)
    const bounced = Number(isBounce(frozenInteractions)) - Number(isBounce(interactions))
    return { session, key, startedAt, frozenInteractions, cut: { durationMs: -durationMs, bounced } }
  })
}

function interactionsSince(db: Database, day: number, sessions: ReadonlySet<number>): Map<number, number> {
  const counts = new Map<number, number>()
  if (sessions.size === 0) return counts
  const passive = passiveTypeIds(db)
  const range = { from: day * dayMs, to: Number.MAX_SAFE_INTEGER }
  new FactReader(db).scan(range, ['session', 'type'], ({ rows, session, type }) => {
    for (let row = 0; row < rows; row++) {
      const id = session[row] as number
      if (sessions.has(id) && !passive.has(type[row] as number)) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  })
  return counts
}
