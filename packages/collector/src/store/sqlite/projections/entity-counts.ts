import { dayMs, dayOf } from '../days.ts'
import { differences } from './differences.ts'
import type { LoggedEvent, ProjectionFactory } from './projection.ts'

/** Rows of viewers that one step of pruning looks at. */
const pruneRows = 1000

interface Tally {
  entity: number
  type: number
  day: number
  count: number
  /** Viewers not seen before on this entity by this type: on this day, and on any. */
  dayViewers: number
  viewers: number
}

interface ViewerRow {
  entity: number
  type: number
  viewer: number
  day: number
}

const start: ViewerRow = { entity: -1, type: -1, viewer: -1, day: Number.MIN_SAFE_INTEGER }

/**
 * Counts by entity, event type and day, with their distinct viewers, and the totals over all days. Bots do not count,
 * nor what is over a client's cap.
 * Of a frozen day the counts stay and the viewers go: whom only such days had seen is a number from then on, and is new
 * when they come back.
 */
export const entityCounts: ProjectionFactory = (db, { viewers, frozen }) => {
  const seenEver = db
    .prepare<[number, number, number]>(
      'SELECT 1 FROM entity_day_viewer WHERE entity = ? AND type = ? AND viewer = ? LIMIT 1',
    )
    .pluck()
  const seenOnOther = db
    .prepare<[number, number, number, number]>(
      'SELECT 1 FROM entity_day_viewer WHERE entity = ? AND type = ? AND viewer = ? AND day <> ? LIMIT 1',
    )
    .pluck()
  const seeOnDay = db.prepare<[number, number, number, number]>(
    'INSERT INTO entity_day_viewer (entity, type, viewer, day) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const forgetOnDay = db.prepare<[number, number, number, number]>(
    'DELETE FROM entity_day_viewer WHERE entity = ? AND type = ? AND viewer = ? AND day = ?',
  )
  const addToDay = db.prepare<[number, number, number, number, number]>(`
    INSERT INTO entity_day (entity, type, day, count, viewers) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, viewers = viewers + excluded.viewers`)
  const addToTotal = db.prepare<[number, number, number, number]>(`
    INSERT INTO entity_total (entity, type, count, viewers) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, viewers = viewers + excluded.viewers`)
  const addToPruned = db.prepare<[number, number]>(`
    INSERT INTO entity_pruned (entity, type, viewers) VALUES (?, ?, 1)
    ON CONFLICT DO UPDATE SET viewers = viewers + 1`)
  const dropEmptyDay = db.prepare<[number, number, number]>(
    'DELETE FROM entity_day WHERE entity = ? AND type = ? AND day = ? AND count = 0',
  )
  const dropEmptyTotal = db.prepare<[number, number]>(
    'DELETE FROM entity_total WHERE entity = ? AND type = ? AND count = 0',
  )
  const nextViewers = db.prepare<[number, number, number, number], ViewerRow>(`
    SELECT entity, type, viewer, day FROM entity_day_viewer WHERE (entity, type, viewer, day) > (?, ?, ?, ?)
    ORDER BY entity, type, viewer, day LIMIT ${pruneRows}`)
  let prunedUpTo = start

  return {
    name: 'entity_counts',

    fold(rows) {
      const tallies = new Map<string, Tally>()
      const { end } = frozen
      for (const row of rows) {
        const tally = tallyOf(row, tallies, end)
        if (!tally) continue
        const { entity, type, day } = tally
        tally.count++
        const viewer = viewers.id(row)
        if (viewer === null) continue
        if (seeOnDay.run(entity, type, viewer, day).changes === 0) continue
        tally.dayViewers++
        if (seenOnOther.get(entity, type, viewer, day) === undefined) tally.viewers++
      }
      for (const tally of tallies.values()) add(tally, 1)
    },

    unfold(rows) {
      const tallies = new Map<string, Tally>()
      const { end } = frozen
      for (const row of rows) {
        const tally = tallyOf(row, tallies, end)
        if (!tally) continue
        const { entity, type, day } = tally
        tally.count++
        const viewer = viewers.id(row)
        if (viewer === null || forgetOnDay.run(entity, type, viewer, day).changes === 0) continue
        tally.dayViewers++
        if (seenEver.get(entity, type, viewer) === undefined) tally.viewers++
      }
      for (const tally of tallies.values()) {
        add(tally, -1)
        dropEmptyDay.run(tally.entity, tally.type, tally.day)
        dropEmptyTotal.run(tally.entity, tally.type)
      }
    },

    prune() {
      const { end } = frozen
      const { entity, type, viewer, day } = prunedUpTo
      const rows = nextViewers.all(entity, type, viewer, day)
      for (const row of rows) {
        if (row.day >= end) continue
        forgetOnDay.run(row.entity, row.type, row.viewer, row.day)
        if (seenEver.get(row.entity, row.type, row.viewer) === undefined) addToPruned.run(row.entity, row.type)
      }
      prunedUpTo = (rows.length === pruneRows && rows.at(-1)) || start
      return prunedUpTo === start
    },

    verify(cursor) {
      const { end } = frozen
      const viewer = `CASE WHEN actor IS NOT NULL THEN 'u' || actor
        WHEN anonymous_id IS NOT NULL THEN 'a' || hex(anonymous_id)
        WHEN day_viewer IS NOT NULL THEN 'd' || hex(day_viewer)
        WHEN session_id IS NOT NULL THEN 's' || hex(session_id) END`
      const recount = (columns: string) => `
        SELECT ${columns}, count(*) AS count, count(DISTINCT ${viewer}) AS viewers
        FROM (
          SELECT *, occurred_at / ${dayMs} AS day FROM event
          WHERE entity IS NOT NULL AND bot IS NULL AND over_cap IS NULL AND seq <= ${cursor}
        )
        WHERE day >= ${end} GROUP BY ${columns}`
      const stillThere = `
        SELECT entity, type, 0, count(DISTINCT viewer) FROM entity_day_viewer old WHERE day < ${end} AND NOT EXISTS (
          SELECT 1 FROM entity_day_viewer WHERE (entity, type, viewer) = (old.entity, old.type, old.viewer) AND day >= ${end})
        GROUP BY entity, type`
      const totals = `
        SELECT entity, type, sum(count), sum(viewers) FROM (${recount('entity, type')}
          UNION ALL SELECT entity, type, count, 0 FROM entity_day WHERE day < ${end}
          UNION ALL SELECT entity, type, 0, viewers FROM entity_pruned
          UNION ALL ${stillThere}) GROUP BY entity, type`
      const stored = (columns: string, table: string) => `SELECT ${columns}, count, viewers FROM ${table}`
      return [
        ...differences(
          db,
          'entity_day',
          `${stored('entity, type, day', 'entity_day')} WHERE day >= ${end}`,
          recount('entity, type, day'),
        ),
        ...differences(db, 'entity_total', stored('entity, type', 'entity_total'), totals),
      ]
    },
  }

  function add({ entity, type, day, count, dayViewers, viewers }: Tally, sign: 1 | -1): void {
    addToDay.run(entity, type, day, sign * count, sign * dayViewers)
    addToTotal.run(entity, type, sign * count, sign * viewers)
  }
}

/** Where a row is counted; undefined where it is not, as `verify` says in SQL. Anybody reads these counts. */
function tallyOf(row: LoggedEvent, tallies: Map<string, Tally>, firstDay: number): Tally | undefined {
  if (row.entity === null || row.bot !== null || row.overCap !== null) return undefined
  const { entity, type } = row
  const day = dayOf(row.occurredAt)
  if (day < firstDay) return undefined
  const key = `${entity} ${type} ${day}`
  let tally = tallies.get(key)
  if (!tally) {
    tally = { entity, type, day, count: 0, dayViewers: 0, viewers: 0 }
    tallies.set(key, tally)
  }
  return tally
}
