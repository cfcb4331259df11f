import { isBounce } from '@tallymark/schemas/metrics'
import { crossingSessions } from '../crossing-sessions.ts'
import { dayMs, dayOf } from '../days.ts'
import { FactReader } from '../facts/fact-reader.ts'
import { passiveTypeIds } from '../passive-types.ts'
import { differences } from './differences.ts'
import type { LoggedEvent, ProjectionFactory } from './projection.ts'

interface Span {
  startedAt: number
  endedAt: number
  interactions: number
}

/** What the sessions that started on a day came to more. */
interface DayChange {
  sessions: number
  durationMs: number
  bounced: number
}

type SessionEvent = Pick<LoggedEvent, 'seq' | 'occurredAt' | 'type'>

/** Sessions that one step of pruning lets go. */
const pruneRows = 1000

/**
 * Each session's first and last event and its number of interactions; and by the day on which they started, how many
 * there were, how long they were together, and how many had one interaction at most.
 */
export const sessionSpans: ProjectionFactory = (db, { sessions, frozen, passive }) => {
  const factReader = new FactReader(db)
  const find = db.prepare<[number], Span>(
    'SELECT started_at AS startedAt, ended_at AS endedAt, interactions FROM session_span WHERE session = ?',
  )
  const put = db.prepare<[number, number, number, number]>('INSERT OR REPLACE INTO session_span VALUES (?, ?, ?, ?)')
  /** Sessions are found by when they started: what leaves that as it was leaves the index alone. */
  const extend = db.prepare<[number, number, number]>(
    'UPDATE session_span SET ended_at = ?, interactions = ? WHERE session = ?',
  )
  const remove = db.prepare<[number]>('DELETE FROM session_span WHERE session = ?')
  const removeKey = db.prepare<[number]>('DELETE FROM session WHERE id = ?')
  const addToDay = db.prepare<[number, number, number, number]>(`
    INSERT INTO session_day VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions,
      duration_ms = duration_ms + excluded.duration_ms, bounced = bounced + excluded.bounced`)
  const dropEmptyDay = db.prepare<[number]>('DELETE FROM session_day WHERE day = ? AND sessions = 0')
  const oldest = db
    .prepare<[number], number>(`SELECT session FROM session_span WHERE ended_at < ? LIMIT ${pruneRows}`)
    .pluck()
  let passiveIds = passiveTypeIds(db, passive)

  return {
    name: 'session_spans',
    version: JSON.stringify([...passive].sort()),

    fold(rows) {
      passiveIds = passiveTypeIds(db, passive)
      const { end } = frozen
      const days = new Map<number, DayChange>()
      // In their order, so that neighbours in the table are changed one after the other.
      for (const [session, events] of [...bySession(rows)].sort(([a], [b]) => a - b)) {
        const before = find.get(session)
        // What is late for a day that is frozen is late for its sessions, too.
        const counted = events.filter(({ occurredAt }) => dayOf(occurredAt) >= end)
        if (counted.length > 0) change(session, before, spanOf(counted, before), days)
      }
      changeDays(days)
    },

    unfold(rows) {
      passiveIds = passiveTypeIds(db, passive)
      const gone = new Set(rows.map(({ seq }) => seq))
      const before = new Map([...bySession(rows).keys()].map((session) => [session, find.get(session)]))
      const rest = eventsOf(before)
      const days = new Map<number, DayChange>()
      for (const [session, span] of before) {
        if (span === undefined || dayOf(span.startedAt) < frozen.end) continue
        const left = (rest.get(session) ?? []).filter(({ seq }) => !gone.has(seq))
        change(session, span, left.length > 0 ? spanOf(left) : undefined, days)
        if (left.length === 0) removeKey.run(session)
      }
      changeDays(days)
      sessions.forget()
    },

    prune() {
      const old = oldest.all(frozen.end * dayMs)
      for (const session of old) {
        remove.run(session)
        removeKey.run(session)
      }
      sessions.forget()
      return old.length < pruneRows
    },

    reset() {
      const { end } = frozen
      for (const { session, startedAt, frozenInteractions, cut } of crossingSessions(db, end)) {
        put.run(session, startedAt, startedAt, frozenInteractions)
        addToDay.run(dayOf(startedAt), 0, cut.durationMs, cut.bounced)
      }
      db.prepare<[number]>('DELETE FROM session_span WHERE started_at >= ?').run(end * dayMs)
      db.prepare<[number]>('DELETE FROM session_day WHERE day >= ?').run(end)
    },

    verify(cursor) {
      const first = frozen.end * dayMs
      const recount = `
        SELECT s.id AS session, min(occurred_at) AS started_at, max(occurred_at) AS ended_at,
          sum(type NOT IN (${[0, ...passiveTypeIds(db, passive)].join()})) AS interactions
        FROM event JOIN session s ON s.key = session_id
        WHERE bot IS NULL AND seq <= ${cursor} AND occurred_at >= ${first}
          AND s.id NOT IN (SELECT session FROM session_span WHERE started_at < ${first})
        GROUP BY s.id`
      const days = `
        SELECT started_at / ${dayMs} AS day, count(*), sum(ended_at - started_at), sum(interactions <= 1)
        FROM session_span WHERE started_at >= ${first} GROUP BY day`
      return [
        ...differences(db, 'session_span', `SELECT * FROM session_span WHERE started_at >= ${first}`, recount),
        ...differences(db, 'session_day', `SELECT * FROM session_day WHERE day >= ${frozen.end}`, days),
      ]
    },
  }

  function bySession(rows: readonly LoggedEvent[]): Map<number, LoggedEvent[]> {
    const counted = rows.filter(({ bot, sessionId }) => bot === null && sessionId !== null)
    return Map.groupBy(counted, (row) => sessions.id(row) as number)
  }

  function spanOf(events: readonly SessionEvent[], before?: Span): Span {
    const span = before ? { ...before } : { startedAt: Infinity, endedAt: -Infinity, interactions: 0 }
    for (const { occurredAt, type } of events) {
      span.startedAt = Math.min(span.startedAt, occurredAt)
      span.endedAt = Math.max(span.endedAt, occurredAt)
      if (!passiveIds.has(type)) span.interactions++
    }
    return span
  }

  function change(
    session: number,
    before: Span | undefined,
    after: Span | undefined,
    days: Map<number, DayChange>,
  ): void {
    if (before) count(before, -1, days)
    if (after) count(after, 1, days)
    if (!after) remove.run(session)
    else if (after.startedAt === before?.startedAt) extend.run(after.endedAt, after.interactions, session)
    else put.run(session, after.startedAt, after.endedAt, after.interactions)
  }

  function changeDays(days: ReadonlyMap<number, DayChange>): void {
    for (const [day, { sessions: started, durationMs, bounced }] of days) {
      addToDay.run(day, started, durationMs, bounced)
      dropEmptyDay.run(day)
    }
  }

  /** Everything that the sessions have, from the days over which they reach. */
  function eventsOf(spans: ReadonlyMap<number, Span | undefined>): Map<number, SessionEvent[]> {
    const events = new Map<number, SessionEvent[]>()
    for (const day of daysOf(spans.values())) {
      const whole = { from: day * dayMs, to: (day + 1) * dayMs }
      factReader.scanDay(day, whole, ['seq', 'session', 'time', 'type'], ({ rows, seq, session, time, type }) => {
        for (let row = 0; row < rows; row++) {
          const id = session[row] as number
          if (!spans.has(id)) continue
          const list = events.get(id) ?? []
          events.set(id, list)
          list.push({
            seq: seq[row] as number,
            occurredAt: whole.from + (time[row] as number),
            type: type[row] as number,
          })
        }
      })
    }
    return events
  }
}

function count({ startedAt, endedAt, interactions }: Span, sign: 1 | -1, days: Map<number, DayChange>): void {
  const day = dayOf(startedAt)
  const change = days.get(day) ?? { sessions: 0, durationMs: 0, bounced: 0 }
  days.set(day, change)
  change.sessions += sign
  change.durationMs += sign * (endedAt - startedAt)
  if (isBounce(interactions)) change.bounced += sign
}

function daysOf(spans: Iterable<Span | undefined>): Set<number> {
  const days = new Set<number>()
  for (const span of spans) {
    if (!span) continue
    for (let day = dayOf(span.startedAt); day <= dayOf(span.endedAt); day++) days.add(day)
  }
  return days
}
