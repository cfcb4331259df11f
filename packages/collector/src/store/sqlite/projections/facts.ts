import { dayMs, dayOf } from '../days.ts'
import { countryCode, type Fact, type FactColumn, factColumns, flags } from '../facts/fact.ts'
import { type Columns, edited, FactTable } from '../facts/fact-table.ts'
import { OpenParts } from '../facts/open-parts.ts'
import { prepareRecount, wrongPasts } from '../facts/recount.ts'
import { Summaries } from '../facts/summaries.ts'
import { namedTerms, type TermKind, Terms, termKinds } from '../facts/terms.ts'
import { prepareFreezing } from './frozen-facts.ts'
import { type LoggedEvent, loggedColumns, type ProjectionFactory } from './projection.ts'

const termColumns = Object.keys(termKinds) as TermKind[]

/**
 * The log by columns: what a report needs of each event, as numbers. Reading some of its columns for millions of events
 * takes a fraction of a second, so every report can be answered from it. Bots have none.
 */
export const facts: ProjectionFactory = (db, { viewers, sessions, frozen }) => {
  const table = new FactTable(db)
  const open = new OpenParts(table)
  const terms = new Terms(db)
  const summaries = new Summaries(db)
  const freezeDay = prepareFreezing(db, table, summaries)
  const rowOf = db.prepare<[number], LoggedEvent>(`SELECT ${loggedColumns} FROM event WHERE seq = ?`)

  return {
    name: 'facts',

    fold(rows) {
      for (const [day, added] of byDay(rows.filter(({ bot }) => bot === null))) {
        if (day >= frozen.end)
          append(
            day,
            added.map((row) => toFact(row, day)),
          )
      }
    },

    unfold(rows) {
      open.forget()
      for (const [day, gone] of byDay(rows.filter(({ bot }) => bot === null))) {
        const seqs = new Set(gone.map(({ seq }) => seq))
        if (day < frozen.end) continue
        for (const part of table.parts(day)) {
          const seq = table.column(day, part, 'seq')
          if (Array.from(seq).some((each) => seqs.has(each))) remove(day, part.part, table.read(day, part), seqs)
        }
        summaries.forget(day)
      }
    },

    prune() {
      const day = table.days().find((each) => each < frozen.end && !summaries.isFrozen(each))
      if (day === undefined) return true
      open.forget()
      freezeDay(day)
      return false
    },

    verify(cursor) {
      const { end } = frozen
      const differsFromFacts = prepareRecount(db)
      const expected = db
        .prepare<[number], { day: number; rows: number }>(`
          SELECT occurred_at / ${dayMs} AS day, count(*) AS rows FROM event
          WHERE bot IS NULL AND seq <= ? AND occurred_at >= ${end * dayMs} GROUP BY 1`)
        .all(cursor)
      const days = new Set([...expected.map(({ day }) => day), ...table.days().filter((day) => day >= end)])
      const wrong = [...days].flatMap((day) => {
        const rows = expected.find((each) => each.day === day)?.rows ?? 0
        const missing = rows - table.parts(day).reduce((sum, part) => sum + part.rows, 0)
        const different = missing === 0 ? table.parts(day).flatMap((part) => differing(day, table.read(day, part))) : []
        if (missing !== 0)
          return [`facts of day ${day}: ${Math.abs(missing)} ${missing > 0 ? 'are missing' : 'are too many'}`]
        if (different.length > 0) return [`facts of day ${day}: ${different.length} differ from the log`]
        return differsFromFacts(day) ? [`summaries of day ${day}: they differ from its facts`] : []
      })
      if (wrong.length > 0) return wrong
      return wrongPasts(db, end).map((day) => `viewers before day ${day}: they differ from the facts`)
    },

    forget() {
      terms.forget()
      open.forget()
    },
  }

  function append(day: number, added: readonly Fact[]): void {
    for (const name of termColumns)
      count(
        added.map((fact) => fact[name]),
        1,
      )
    summaries.past.forget(day)
    open.append(day, added, summaries.sealedParts(day))
  }

  function remove(day: number, part: number, columns: Columns, seqs: ReadonlySet<number>): void {
    const isGone = (row: number) => seqs.has(columns.seq[row] as number)
    for (const name of termColumns)
      count(
        Array.from(columns[name]).filter((_, row) => isGone(row)),
        -1,
      )
    table.write(
      day,
      part,
      edited(columns, (row) => !isGone(row)),
    )
  }

  function count(ids: readonly number[], sign: 1 | -1): void {
    const uses = new Map<number, number>()
    for (const id of ids) if (id > 0) uses.set(id, (uses.get(id) ?? 0) + sign)
    for (const [id, times] of uses) terms.use(id, times)
  }

  function toFact(row: LoggedEvent, day: number): Fact {
    const { foundNothing, ...named } = namedTerms(row.props)
    return {
      seq: row.seq,
      time: row.occurredAt - day * dayMs,
      type: row.type,
      entity: row.entity ?? 0,
      viewer: viewers.id(row) ?? 0,
      session: sessions.id(row) ?? 0,
      surface: row.surface ?? 0,
      position: row.position === null ? 0 : row.position + 1,
      duration: row.durationMs ?? 0,
      flags:
        (row.completed === 1 ? flags.completed : 0) |
        (row.overCap === null ? 0 : flags.overCap) |
        (foundNothing ? flags.foundNothing : 0),
      source: row.source,
      channel: row.channel ?? 0,
      campaign: row.campaign ?? 0,
      agent: row.agent ?? 0,
      country: countryCode(row.country),
      search: terms.id('search', named.search),
      filter: terms.id('filter', named.filter),
      variant: terms.id('variant', named.variant),
    }
  }

  /** The rows of a part that are not as the log has them. */
  function differing(day: number, columns: Columns): number[] {
    const isDifferent = (seq: number, row: number) => {
      const logged = rowOf.get(seq)
      if (!logged || dayOf(logged.occurredAt) !== day) return true
      const fact = toFact(logged, day)
      return factColumns.some((name: FactColumn) => fact[name] !== columns[name][row])
    }
    return Array.from(columns.seq).filter(isDifferent)
  }
}

function byDay(rows: readonly LoggedEvent[]): Map<number, LoggedEvent[]> {
  return Map.groupBy(rows, ({ occurredAt }) => dayOf(occurredAt))
}
