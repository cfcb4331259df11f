import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { makeTally, type TallyField } from '../entity-tally.ts'
import { tallyColumns } from '../score-table.ts'
import type { Read } from './context.ts'
import { type Candidate, rank } from './rank.ts'

type ScoreRow = Candidate & Record<TallyField, number>

const stored = { engagementScore: 'score', views: 'views' } as const

/** Only those are looked at that reach the last place there is room for. */
export const standings: Read<ReadQuery<'standings'>, ReadAnswer<'standings'>> = (
  { db, names },
  { entityType, by, minViews, limit },
) => {
  const value = stored[by]
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
