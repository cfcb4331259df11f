import { dayMs, entities, hotEntity, now, popular } from '../site.ts'
import { countOf, instant, lastDays, rates, since, tally, within } from '../sql.ts'
import { month, type Question, query, ratio } from './question.ts'

const hundred = popular.filter(({ entityType }) => entityType === 'project').slice(0, 100)
const idsOf = (list: readonly { entityId: string }[]) => list.map(({ entityId }) => entityId)

function counts(ids: readonly string[]): Question {
  const asked: [string, string][] = [
    ['entityType', 'project'],
    ...ids.map((id): [string, string] => ['entityId', id]),
    ['eventType', 'view'],
    ['eventType', 'save'],
  ]
  const none = { count: 0, unique: 0 }
  return {
    name: `counts, ${ids.length === 1 ? '1 entity' : `${ids.length} entities`}`,
    limitMs: 5,
    insideMs: ids.length === 1 ? 1 : 2,
    path: `/v1/counts?${new URLSearchParams(asked)}`,
    counts: { entityType: 'project', entityIds: ids, eventTypes: ['view', 'save'] },
    sql: `
      SELECT entity, type, count(*) AS n, count(DISTINCT viewer) AS viewers FROM event
      WHERE NOT bot AND entity_type = 'project' AND entity IN (${ids.join(', ')}) AND type IN ('view', 'save') GROUP BY ALL`,
    expected: (rows) => {
      const found = new Map(rows.map((row) => [`${row.entity} ${row.type}`, { count: row.n, unique: row.viewers }]))
      const of = (id: string) =>
        Object.fromEntries(['view', 'save'].map((type) => [type, found.get(`${id} ${type}`) ?? none]))
      return { counts: Object.fromEntries(ids.map((id) => [id, of(id)])) }
    },
  }
}

function analytics(days: number): Question {
  const { entityType, entityId } = hotEntity
  const range = lastDays(days)
  return {
    name: `a hot entity, ${days} days`,
    limitMs: 150,
    path: `/v1/entities/${entityType}/${entityId}/analytics?${query(range)}`,
    sql: `
      SELECT *, ${rates} FROM (SELECT ${tally}, count(DISTINCT viewer) FILTER (type = 'view') AS viewers FROM event
        WHERE NOT bot AND entity_type = '${entityType}' AND entity = ${entityId} AND ${within(range)})`,
    expected: ([row = {}]) => ({
      entityType,
      entityId,
      totalViews: row.views,
      uniqueViewers: row.viewers,
      totalWatchTimeMs: row.watch,
      averageWatchTimeMs: ratio(row.watch, row.views),
      completionRate: row.completion_rate,
      completions: row.completions,
      saves: row.saves,
      shares: row.shares,
      clicks: row.clicks,
      skips: row.skips,
      likes: row.likes,
      saveRate: 100 * ratio(row.saves, row.views),
      engagementRate: row.engagement_rate,
      engagementScore: row.score,
    }),
  }
}

function top(name: string, period: string, limitMs: number, where: string): Question {
  return {
    name: `top 10 by score, ${name}`,
    limitMs,
    path: `/v1/top?${query({ by: 'engagementScore', period, minViews: 50, limit: 10 })}`,
    sql: `
      SELECT *, ${rates} FROM (SELECT entity_type, entity, ${tally} FROM event
        WHERE NOT bot AND entity IS NOT NULL AND ${where} GROUP BY ALL HAVING views >= 50) ORDER BY score DESC, entity LIMIT 10`,
    // Which of several with the same score comes first is free.
    expected: (rows) => rows.map(({ score }) => score),
    compared: ({ items }: { items: { value: number }[] }) => items.map(({ value }) => value),
  }
} /** How entities do, one or many. */
export const entityQuestions: readonly Question[] = [
  counts(idsOf(hundred.slice(0, 1))),
  counts(idsOf(hundred)),
  top('all time', 'all', 20, 'true'),
  top('30 days', 'month', 150, since(30 * dayMs)),
  {
    name: 'trending',
    limitMs: 50,
    path: '/v1/trending?limit=20',
    sql: `
      WITH counts AS (
        SELECT entity_type, entity,
          greatest(0, ${countOf('like')} - ${countOf('unlike')}) AS likes, ${countOf('view')} AS views,
          occurred_at >= ${instant(now - dayMs)} AS recent
        FROM event WHERE NOT bot AND entity IS NOT NULL AND ${since(2 * dayMs)} GROUP BY ALL),
      windows AS (
        SELECT entity_type, entity, coalesce(sum(likes) FILTER (recent), 0) AS recent_likes,
          coalesce(sum(likes) FILTER (NOT recent), 0) AS previous_likes, coalesce(sum(views) FILTER (recent), 0) AS recent_views,
          coalesce(sum(views) FILTER (NOT recent), 0) AS previous_views FROM counts GROUP BY ALL),
      velocities AS (
        SELECT *, (recent_likes - previous_likes) / greatest(previous_likes, 1) AS like_velocity,
          (recent_views - previous_views) / greatest(previous_views, 1) AS view_velocity FROM windows)
      SELECT *, 0.7::DOUBLE * like_velocity + 0.3::DOUBLE * view_velocity AS velocity,
        epoch_ms(${instant(now)} - published_at) / ${dayMs} AS days_old, velocity / (1 + 0.1::DOUBLE * days_old) AS score
      FROM velocities JOIN entity USING (entity_type, entity)
      ORDER BY score DESC, entity LIMIT 20`,
    expected: (rows) => ({
      items: rows.map((row) => ({
        entityType: row.entity_type,
        entityId: String(row.entity),
        score: row.score,
        velocity: row.velocity,
        likeVelocity: row.like_velocity,
        viewVelocity: row.view_velocity,
        recentViews: row.recent_views,
        previousViews: row.previous_views,
        recentLikes: row.recent_likes,
        previousLikes: row.previous_likes,
        daysOld: row.days_old,
      })),
    }),
  },
  {
    name: 'an owner of many, 30 days',
    limitMs: 150,
    path: `/v1/owners/owner-1/analytics?${query(month)}`,
    sql: `
      SELECT *, ${rates} FROM (SELECT ${tally} FROM event JOIN entity USING (entity_type, entity)
        WHERE NOT bot AND owner = 'owner-1' AND ${within(month)})`,
    expected: ([row = {}]) => ({
      ownerId: 'owner-1',
      totalEntities: entities.filter(({ ownerId }) => ownerId === 'owner-1').length,
      totalViews: row.views,
      totalWatchTimeMs: row.watch,
      averageCompletionRate: row.completion_rate,
      totalSaves: row.saves,
      totalShares: row.shares,
      totalClicks: row.clicks,
      engagementRate: row.engagement_rate,
    }),
  },
  ...[30, 90].map(analytics),
]
