import type { ProjectionFactory } from './projection.ts'

const dayMs = 86_400_000

interface Tally {
  entity: number
  type: number
  day: number
  count: number
  /** Viewers not seen before on this entity by this type: on this day, and on any. */
  dayViewers: number
  viewers: number
}

/** Counts by entity, event type and day, with their distinct viewers, and the totals over all days. */
export const entityCounts: ProjectionFactory = (db, viewers) => {
  const seenEver = db
    .prepare<[number, number, number]>(
      'SELECT 1 FROM entity_day_viewer WHERE entity = ? AND type = ? AND viewer = ? LIMIT 1',
    )
    .pluck()
  const seeOnDay = db.prepare<[number, number, number, number]>(
    'INSERT INTO entity_day_viewer (entity, type, viewer, day) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const addToDay = db.prepare<[number, number, number, number, number]>(`
    INSERT INTO entity_day (entity, type, day, count, viewers) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, viewers = viewers + excluded.viewers`)
  const addToTotal = db.prepare<[number, number, number, number]>(`
    INSERT INTO entity_total (entity, type, count, viewers) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, viewers = viewers + excluded.viewers`)

  return {
    name: 'entity_counts',

    fold(rows) {
      const tallies = new Map<string, Tally>()
      for (const row of rows) {
        // Anybody reads these counts: what is over a client's cap is no part of them.
        if (row.entity === null || row.overCap !== null) continue
        const { entity, type } = row
        const day = Math.floor(row.occurredAt / dayMs)
        const key = `${entity} ${type} ${day}`
        let tally = tallies.get(key)
        if (!tally) {
          tally = { entity, type, day, count: 0, dayViewers: 0, viewers: 0 }
          tallies.set(key, tally)
        }
        tally.count++
        const viewer = viewers.id(row)
        if (viewer === null) continue
        const isNew = seenEver.get(entity, type, viewer) === undefined
        if (seeOnDay.run(entity, type, viewer, day).changes === 1) tally.dayViewers++
        if (isNew) tally.viewers++
      }
      for (const { entity, type, day, count, dayViewers, viewers } of tallies.values()) {
        addToDay.run(entity, type, day, count, dayViewers)
        addToTotal.run(entity, type, count, viewers)
      }
    },

    verify(cursor) {
      const viewer = `CASE WHEN actor IS NOT NULL THEN 'u' || actor
        WHEN anonymous_id IS NOT NULL THEN 'a' || hex(anonymous_id)
        WHEN session_id IS NOT NULL THEN 's' || hex(session_id) END`
      const recount = (columns: string) => `
        SELECT ${columns}, count(*), count(DISTINCT ${viewer})
        FROM (SELECT *, occurred_at / ${dayMs} AS day FROM event WHERE entity IS NOT NULL AND over_cap IS NULL AND seq <= ${cursor}) GROUP BY ${columns}`
      return [
        ...differences('entity_day', 'entity, type, day', recount('entity, type, day')),
        ...differences('entity_total', 'entity, type', recount('entity, type')),
      ]
    },
  }

  function differences(table: string, columns: string, recount: string): string[] {
    const stored = `SELECT ${columns}, count, viewers FROM ${table}`
    const count = (sql: string) => db.prepare<[], number>(`SELECT count(*) FROM (${sql})`).pluck().get() ?? 0
    const wrong = count(`${stored} EXCEPT ${recount}`)
    const missing = count(`${recount} EXCEPT ${stored}`)
    if (wrong === 0 && missing === 0) return []
    return [
      `${table}: ${wrong} of its rows differ from the log, and ${missing} that the log has are missing or different`,
    ]
  }
}
