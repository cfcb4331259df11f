import { isBounce } from '@tallymark/schemas/metrics'
import { crossingSessions } from '../crossing-sessions.ts'
import { dayMs, dayOf, hourMs, hourOf } from '../days.ts'
import { FactReader } from '../facts/fact-reader.ts'
import { passiveTypeIds } from '../passive-types.ts'
import { differences } from './differences.ts'
import type { LoggedEvent, ProjectionFactory } from './projection.ts'

interface Span {
  startedAt: number
  endedAt: number
  interactions: number
}

/** What the sessions that started in an hour came to more. */
interface HourChange {
  sessions: number
  durationMs: number
  bounced: number
}

type SessionEvent = Pick<LoggedEvent, 'seq' | 'occurredAt' | 'type'>

/** Sessions that one step of pruning lets go. */
const pruneRows = 1000

/**
 * Each session's first and last event and its number of interactions; and by the hour in which they started, how many
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
  const addToHour = db.prepare<[number, number, number, number]>(`
    INSERT INTO session_hour VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions,
      duration_ms = duration_ms + excluded.duration_ms, bounced = bounced + excluded.bounced`)
  const dropEmptyHour = db.prepare<[number]>(
    'DELETE FROM session_hour WHERE hour = ? AND (sessions, duration_ms, bounced) = (0, 0, 0)',
  )
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
      const hours = new Map<number, HourChange>()
      // In their order, so that neighbours in the table are changed one after the other.
      for (const [session, events] of [...bySession(rows)].sort(([a], [b]) => a - b)) {
        const before = find.get(session)
        // What is late for a day that is frozen is late for its sessions, too.
        const counted = events.filter(({ occurredAt }) => dayOf(occurredAt) >= end)
        if (counted.length > 0) change(session, before, spanOf(counted, before), hours)
      }
      changeHours(hours)
    },

    unfold(rows) {
      passiveIds = passiveTypeIds(db, passive)
      const gone = new Set(rows.map(({ seq }) => seq))
      const before = new Map([...bySession(rows).keys()].map((session) => [session, find.get(session)]))
      const rest = eventsOf(before)
      const hours = new Map<number, HourChange>()
      for (const [session, span] of before) {
        if (span === undefined || dayOf(span.startedAt) < frozen.end) continue
        const left = (rest.get(session) ?? []).filter(({ seq }) => !gone.has(seq))
        change(session, span, left.length > 0 ? spanOf(left) : undefined, hours)
        if (left.length === 0) removeKey.run(session)
      }
      changeHours(hours)
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
        addToHour.run(hourOf(startedAt), 0, cut.durationMs, cut.bounced)
      }
      db.prepare<[number]>('DELETE FROM session_span WHERE started_at >= ?').run(end * dayMs)
      db.prepare<[number]>('DELETE FROM session_hour WHERE hour >= ?').run(hourOf(end * dayMs))
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
      const hours = `
        SELECT started_at / ${hourMs} AS hour, count(*), sum(ended_at - started_at), sum(interactions <= 1)
        FROM session_span WHERE started_at >= ${first} GROUP BY hour`
      return [
        ...differences(db, 'session_span', `SELECT * FROM session_span WHERE started_at >= ${first}`, recount),
        ...differences(db, 'session_hour', `SELECT * FROM session_hour WHERE hour >= ${hourOf(first)}`, hours),
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
    hours: Map<number, HourChange>,
  ): void {
    if (before) count(before, -1, hours)
    if (after) count(after, 1, hours)
    if (!after) remove.run(session)
    else if (after.startedAt === before?.startedAt) extend.run(after.endedAt, after.interactions, session)
    else put.run(session, after.startedAt, after.endedAt, after.interactions)
  }

  function changeHours(hours: ReadonlyMap<number, HourChange>): void {
    for (const [hour, { sessions: started, durationMs, bounced }] of hours) {
      addToHour.run(hour, started, durationMs, bounced)
      dropEmptyHour.run(hour)
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

function count({ startedAt, endedAt, interactions }: Span, sign: 1 | -1, hours: Map<number, HourChange>): void {
  const hour = hourOf(startedAt)
  const change = hours.get(hour) ?? { sessions: 0, durationMs: 0, bounced: 0 }
  hours.set(hour, change)
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
