import type { ReadAnswer, ReadQuery, SessionTotals } from '../../reads.ts'
import { hourMs, hourOf } from '../days.ts'
import type { Read, ReadContext } from './context.ts'
import { CompiledScope } from './scope.ts'

/** What is added up of spans. */
const totals = 'count(*) AS sessions, sum(ended_at - started_at) AS durationMs, sum(interactions <= 1) AS bounced'

export const sessionTotals: Read<ReadQuery<'sessionTotals'>, ReadAnswer<'sessionTotals'>> = (
  context,
  { range, ownerId },
) => (ownerId === undefined ? ofSite(context, range) : ofOwner(context, range, ownerId))

/** Whole hours are added up already; at both ends of the range it is the sessions themselves. */
function ofSite({ db }: ReadContext, { from, to }: { from: number; to: number }): SessionTotals {
  const first = Math.ceil(from / hourMs)
  const end = Math.max(first, hourOf(to))
  const spans = db.prepare<[number, number], SessionTotals>(
    `SELECT ${totals} FROM session_span WHERE started_at >= ? AND started_at < ?`,
  )
  const hours = db.prepare<[number, number], SessionTotals>(`
    SELECT sum(sessions) AS sessions, sum(duration_ms) AS durationMs, sum(bounced) AS bounced
    FROM session_hour WHERE hour >= ? AND hour < ?`)
  const before = Math.min(first * hourMs, to)
  return added([spans.get(from, before), hours.get(first, end), spans.get(Math.max(end * hourMs, before), to)])
}

function ofOwner(
  { db, facts, names }: ReadContext,
  range: { from: number; to: number },
  ownerId: string,
): SessionTotals {
  const meant = new CompiledScope({ ownerId }, names)
  const sessions = new Set<number>()
  // A session may go on after the range in which it started.
  facts.scan({ from: range.from, to: Number.MAX_SAFE_INTEGER }, ['type', 'entity', 'session'], (chunk) => {
    for (let row = 0; row < chunk.rows; row++) {
      const session = chunk.session[row] as number
      if (session !== 0 && meant.has(chunk.type[row] as number, chunk.entity[row] as number)) sessions.add(session)
    }
  })
  return added([
    db
      .prepare<[string, number, number], SessionTotals>(`
        SELECT ${totals} FROM session_span WHERE session IN (SELECT value FROM json_each(?))
          AND started_at >= ? AND started_at < ?`)
      .get(JSON.stringify([...sessions]), range.from, range.to),
  ])
}

function added(parts: readonly (SessionTotals | undefined)[]): SessionTotals {
  const sum = { sessions: 0, durationMs: 0, bounced: 0 }
  for (const part of parts) {
    sum.sessions += part?.sessions ?? 0
    sum.durationMs += part?.durationMs ?? 0
    sum.bounced += part?.bounced ?? 0
  }
  return sum
}
