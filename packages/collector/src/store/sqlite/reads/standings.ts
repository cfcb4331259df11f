import type { RankedBy, ReadAnswer, ReadQuery, RoleTypes } from '../../reads.ts'
import { fieldOfType, makeTally, type TallyField } from '../entity-tally.ts'
import { placesWhere } from '../facts/fact-reader.ts'
import { columnOf, tallyColumns } from '../score-table.ts'
import type { Read, ReadContext } from './context.ts'
import { EntityTallies } from './entity-tallies.ts'
import { type Candidate, rank } from './rank.ts'

type ScoreRow = Candidate & Record<TallyField, number>

export const standings: Read<ReadQuery<'standings'>, ReadAnswer<'standings'>> = (context, query) => {
  const { names } = context
  const value = columnFor(query.by, query.roles)
  const rows = value === undefined ? countedRows(context, query) : storedRows(context, query, value)
  const byEntity = new Map(rows.map((row) => [row.entity, row]))
  return rank(rows, query.limit, names).map(({ entity, value }) => ({
    ...names.entityRef(entity),
    title: names.title(entity),
    value,
    tally: makeTally((field) => (byEntity.get(entity) as ScoreRow)[field]),
  }))
}

/** Only those are looked at that reach the last place there is room for. */
function storedRows(
  { db, names }: ReadContext,
  { entityType, minViews, limit }: ReadQuery<'standings'>,
  value: string,
): ScoreRow[] {
  const kind = entityType === undefined ? null : (names.id(entityType) ?? 0)
  const meant = 'entity_type = coalesce(?, entity_type) AND views >= ?'
  const last = db
    .prepare<[number | null, number, number], Pick<Candidate, 'value' | 'views'>>(`
      SELECT ${value} AS value, views FROM entity_score WHERE ${meant}
      ORDER BY value DESC, views DESC LIMIT 1 OFFSET ?`)
    .get(kind, minViews, limit - 1) ?? { value: 0, views: 0 }
  return db
    .prepare<[number | null, number, number, number], ScoreRow>(`
      SELECT entity, ${value} AS value, ${tallyColumns} FROM entity_score
      WHERE ${meant} AND (value, views) >= (?, ?)`)
    .all(kind, minViews, last.value, last.views)
}

/**
 * What has no column is counted day by day, and of the entities that have most of it what else they have is looked up, as
 * far as the last place. Where there is room for more, those with most views come.
 */
function countedRows(context: ReadContext, query: ReadQuery<'standings'>): ScoreRow[] {
  const { entityType, roles, by, minViews, limit } = query
  const eventType = (by as Exclude<RankedBy, string>).eventType
  const scope = { entityType, eventTypes: [eventType] }
  const { counted, touched } = new EntityTallies(context, { scope, range: allTime, roles, eventType })
  const find = context.db.prepare<[number], Omit<ScoreRow, 'value'>>(
    `SELECT entity, ${tallyColumns} FROM entity_score WHERE entity = ?`,
  )
  const rows: ScoreRow[] = []
  for (const entity of byCount(counted, touched)) {
    const value = counted[entity] as number
    if (rows.length >= limit && value < (rows[limit - 1] as ScoreRow).value) return rows
    const row = find.get(entity)
    if (row && row.views >= minViews) rows.push({ ...row, value })
  }
  if (rows.length >= limit) return rows
  const others = storedRows(context, { ...query, limit: limit + rows.length }, '0')
  return [...rows, ...others.filter(({ entity }) => counted[entity] === 0)]
}

const allTime = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** Entities that have any, those with most first: the number is the lower part of what is sorted, which needs no calls. */
function byCount(counted: Uint32Array, touched: Uint8Array): number[] {
  const keys = Float64Array.from(
    placesWhere(counted.length, (entity) => touched[entity] === 1),
    (entity) => (counted[entity] as number) * entityFactor + entity,
  )
  return Array.from(keys.sort().reverse(), (key) => key % entityFactor)
}

/** Numbers of entities stay below this. */
const entityFactor = 2 ** 24

function columnFor(by: RankedBy, roles: RoleTypes): string | undefined {
  if (by === 'engagementScore') return 'score'
  const field = by === 'views' ? by : fieldOfType(roles, by.eventType)
  return field && columnOf(field)
}
