import type { ReadAnswer, ReadQuery, UnregisteredEntity } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { pageOf } from '../page.ts'
import type { Read } from './context.ts'

/** One that was deleted had been put: it is private from then on. Without a total, no event on it counts. */
const isUnregistered =
  'entity.registered = 0 AND entity.private = 0 AND EXISTS (SELECT 1 FROM entity_total WHERE entity = entity.id)'

interface Row {
  id: number
  type: number
  entityId: string
  events: number
  firstDay: number
  lastDay: number
}

export const unregistered: Read<ReadQuery<'unregistered'>, ReadAnswer<'unregistered'>> = (
  { db, names },
  { entityTypes, cursor = '0', limit },
) => {
  const rows = db
    .prepare<[number, string, number], Row>(`
      SELECT entity.id, entity.type, entity.key AS entityId, sum(day.count) AS events, min(day.day) AS firstDay,
        max(day.day) AS lastDay
      FROM (
        SELECT id, type, key FROM entity
        WHERE id > ? AND type IN (SELECT value FROM json_each(?)) AND ${isUnregistered} ORDER BY id LIMIT ?
      ) entity JOIN entity_day day ON day.entity = entity.id
      GROUP BY entity.id ORDER BY entity.id`)
    .all(Number(cursor), JSON.stringify(names.ids(entityTypes)), limit + 1)
  const { items, nextCursor } = pageOf(rows, limit, ({ id }) => String(id))
  return { items: items.map((row) => ({ ...viewOf(row), entityType: names.text(row.type) })), nextCursor }
}

export const unregisteredCounts: Read<ReadQuery<'unregisteredCounts'>, ReadAnswer<'unregisteredCounts'>> = (
  { db, names },
  { entityTypes },
) => {
  const count = db
    .prepare<[number | undefined], number>(`SELECT count(*) FROM entity WHERE type = ? AND ${isUnregistered}`)
    .pluck()
  return entityTypes.map((type) => count.get(names.id(type)) ?? 0)
}

function viewOf({ entityId, events, firstDay, lastDay }: Row): Omit<UnregisteredEntity, 'entityType'> {
  return { entityId, events, firstDay: dateOf(firstDay), lastDay: dateOf(lastDay) }
}

const dateOf = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10)
