import type { RankedBy, ReadAnswer, ReadQuery, RoleTypes } from '../../reads.ts'
import { fieldOfType, makeTally, type TallyField } from '../entity-tally.ts'
import { columnOf, tallyColumns } from '../score-table.ts'
import type { Read } from './context.ts'
import { type Candidate, rank } from './rank.ts'

type ScoreRow = Candidate & Record<TallyField, number>

/** Only those are looked at that reach the last place there is room for. */
export const standings: Read<ReadQuery<'standings'>, ReadAnswer<'standings'>> = (
  { db, names },
  { entityType, roles, by, minViews, limit },
) => {
  const value = columnFor(by, roles)
  if (value === undefined) return null
  const kind = entityType === undefined ? null : (names.id(entityType) ?? 0)
  const meant = 'entity_type = coalesce(?, entity_type) AND views >= ?'
  const last = db
    .prepare<[number | null, number, number], Pick<Candidate, 'value' | 'views'>>(`
      SELECT ${value} AS value, views FROM entity_score WHERE ${meant}
      ORDER BY value DESC, views DESC LIMIT 1 OFFSET ?`)
    .get(kind, minViews, limit - 1) ?? { value: 0, views: 0 }
  const rows = db
    .prepare<[number | null, number, number, number], ScoreRow>(`
      SELECT entity, ${value} AS value, ${tallyColumns} FROM entity_score
      WHERE ${meant} AND (value, views) >= (?, ?)`)
    .all(kind, minViews, last.value, last.views)
  const byEntity = new Map(rows.map((row) => [row.entity, row]))
  return rank(rows, limit, names).map(({ entity, value }) => ({
    ...names.entityRef(entity),
    title: names.title(entity),
    value,
    tally: makeTally((field) => (byEntity.get(entity) as ScoreRow)[field]),
  }))
}

function columnFor(by: RankedBy, roles: RoleTypes): string | undefined {
  if (by === 'engagementScore') return 'score'
  const field = by === 'views' ? by : fieldOfType(roles, by.eventType)
  return field && columnOf(field)
}
