/** What is asked: each report as it goes over HTTP, beside the same question to DuckDB in SQL. */
import type { Asked } from './ask.ts'
import type { Row } from './duckdb.ts'
import { dayMs, entities, hotEntity, now, popular } from './site.ts'
import { countOf, instant, lastDays, rates, since, tally, within } from './sql.ts'

export interface Question extends Asked {
  name: string
  /** What the slowest of twenty may take over HTTP, and within the process where less is asked of it. */
  limitMs: number
  insideMs?: number
  sql: string
  /** What the report has to answer, from DuckDB's rows; fields that are not here are not compared. */
  expected: (rows: readonly Row[]) => unknown
  /** What is compared of the report's answer, where the order of its rows is free; else all of it. */
  compared?: (answer: never) => unknown
}

const month = lastDays(30)
const quarter = lastDays(90)

const query = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]))

const ratio = (part: unknown, whole: unknown) => (Number(whole) === 0 ? 0 : Number(part) / Number(whole))

function byText<T>(textOf: (row: T) => string) {
  return (a: T, b: T) => (textOf(a) < textOf(b) ? -1 : 1)
}

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
}

const weekMs = 7 * dayMs
/** Mondays in UTC. */
const week = "date_trunc('week', occurred_at)"

/** From each start of the step before the next event of this type, within the window. */
const funnelStep = (n: number, type: string) => `
  step${n} AS (SELECT e.viewer, t1, e.t FROM step${n - 1} ASOF JOIN (FROM e WHERE type = '${type}') e
    ON step${n - 1}.viewer = e.viewer AND e.t > step${n - 1}.t WHERE e.t - t1 <= INTERVAL 1 DAY)`

/** About one session of the history, beside all others. */
export const questionsWith = (session: string): readonly Question[] => [
  counts(idsOf(hundred.slice(0, 1))),
  counts(idsOf(hundred)),
  {
    name: 'series by day, 90 days',
    limitMs: 20,
    path: `/v1/reports/timeseries?${query({ eventType: 'view', interval: 'day', ...quarter })}`,
    sql: `
      SELECT date_trunc('day', occurred_at) AS t, count(*) AS n, count(DISTINCT viewer) AS viewers FROM event
      WHERE NOT bot AND type = 'view' AND ${within(quarter)} GROUP BY 1 ORDER BY 1`,
    expected: (rows) => ({ points: rows.map(({ t, n, viewers }) => ({ t, count: n, unique: viewers })) }),
  },
  {
    name: 'overview, a month and the one before',
    limitMs: 20,
    path: '/v1/reports/overview?period=month',
    sql: `
      WITH times AS (SELECT unnest(['now', 'before']) AS period, unnest([${instant(now - 30 * dayMs)}, ${instant(now - 60 * dayMs)}]) AS start),
      activity AS (
        SELECT period, ${tally}, count(DISTINCT viewer) FILTER (type = 'view') AS viewers FROM event JOIN times
          ON occurred_at >= start AND occurred_at < start + INTERVAL 30 DAY WHERE NOT bot GROUP BY period),
      visits AS (
        SELECT min(occurred_at) AS began, epoch_ms(max(occurred_at) - min(occurred_at)) AS duration,
          count(*) FILTER (type <> 'impression') AS interactions
        FROM event WHERE NOT bot AND session IS NOT NULL GROUP BY session),
      sessions AS (
        SELECT period, count(*) AS sessions, avg(duration) AS duration, 100 * avg((interactions <= 1)::INTEGER) AS bounce_rate
        FROM visits JOIN times ON began >= start AND began < start + INTERVAL 30 DAY GROUP BY period)
      SELECT *, ${rates} FROM activity JOIN sessions USING (period) ORDER BY period DESC`,
    expected: (rows) => {
      const [current = {}, previous = {}] = rows.map((row) => ({
        totalViews: row.views,
        totalUniqueViewers: row.viewers,
        totalWatchTimeMs: row.watch,
        averageSessionDurationMs: row.duration,
        totalSessions: row.sessions,
        bounceRate: row.bounce_rate,
        averageCompletionRate: row.completion_rate,
        totalEngagements: Number(row.saves) + Number(row.shares) + Number(row.clicks),
        engagementRate: row.engagement_rate,
      }))
      return { ...current, previous }
    },
  },
  top('all time', 'all', 20, 'true'),
  top('30 days', 'month', 150, since(30 * dayMs)),
  ...[30, 90].map(
    (days): Question => ({
      name: `the site's viewers, ${days} days`,
      limitMs: 50,
      path: '/v1/reports/query',
      body: { measures: ['viewers'], dimensions: [], ...lastDays(days) },
      sql: `SELECT count(DISTINCT viewer) AS viewers FROM event WHERE NOT bot AND ${within(lastDays(days))}`,
      expected: ([row = {}]) => ({ rows: [{ viewers: row.viewers }] }),
    }),
  ),
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
  ...(['position', 'surface'] as const).map(
    (by): Question => ({
      name: `click-through by ${by}, 30 days`,
      limitMs: 20,
      path: `/v1/reports/ctr?${query({ by, ...month })}`,
      sql: `
      SELECT ${by} AS key, ${countOf('impression')} AS impressions, ${countOf('click')} AS clicks FROM event
      WHERE NOT bot AND type IN ('impression', 'click') AND ${by} IS NOT NULL AND ${within(month)} GROUP BY 1 ORDER BY 1`,
      expected: (rows) =>
        rows.map(({ key, impressions, clicks }) => ({
          key: String(key),
          impressions,
          clicks,
          ctr: 100 * ratio(clicks, impressions),
        })),
      compared: ({ rows }: { rows: { key: unknown }[] }) =>
        rows.map((row) => ({ ...row, key: String(row.key) })).sort(byText(({ key }) => key)),
    }),
  ),
  {
    name: 'heatmap, 90 days, a time zone',
    limitMs: 20,
    path: `/v1/reports/heatmap?${query({ eventType: 'view', timezone: 'Europe/Berlin', ...quarter })}`,
    sql: `
      SELECT isodow(local) AS weekday, hour(local) AS hour, count(*) AS n
      FROM (SELECT timezone('Europe/Berlin', occurred_at::TIMESTAMPTZ) AS local FROM event
        WHERE NOT bot AND type = 'view'
          AND occurred_at >= timezone('Europe/Berlin', TIMESTAMP '${quarter.from}')::TIMESTAMP
          AND occurred_at < timezone('Europe/Berlin', TIMESTAMP '${quarter.to}')::TIMESTAMP)
      GROUP BY 1, 2 ORDER BY 1, 2`,
    expected: (rows) => ({ cells: rows.map(({ weekday, hour, n }) => ({ weekday, hour, count: n })) }),
  },
  {
    name: 'retention, 8 weeks',
    limitMs: 20,
    path: '/v1/reports/retention?interval=week&periods=8',
    sql: `
      WITH seen AS (SELECT DISTINCT viewer, ${week} AS week FROM event WHERE NOT bot AND viewer IS NOT NULL),
      first AS (SELECT viewer, min(week) AS start FROM seen GROUP BY 1)
      SELECT start, datediff('week', start, week) AS n, count(*) AS viewers FROM seen JOIN first USING (viewer)
      WHERE start > ${instant(now - 8 * weekMs)} - INTERVAL 0 DAY GROUP BY 1, 2 ORDER BY 1, 2`,
    expected: (rows) => {
      const cohorts = Map.groupBy(rows, ({ start }) => (start as Date).toISOString())
      return {
        cohorts: [...cohorts].map(([start, weeks]) => ({
          start,
          size: weeks[0]?.viewers,
          retained: weeks.map(({ viewers }) => viewers),
        })),
      }
    },
  },
  {
    name: 'discovery, 30 days',
    limitMs: 50,
    path: `/v1/reports/discovery?${query({ ...month, limit: 20 })}`,
    sql: `
      SELECT search AS query, count(*) AS n, count(DISTINCT viewer) AS viewers, count(*) FILTER (results = 0) AS zero FROM event
      WHERE NOT bot AND type = 'search' AND ${within(month)} GROUP BY 1 ORDER BY n DESC, query LIMIT 20`,
    expected: (rows) =>
      rows.map(({ query, n, viewers, zero }) => ({ query, count: n, unique: viewers, zeroResults: zero })),
    compared: ({ searches }: { searches: unknown }) => searches,
  },
  ...(['first', 'last'] as const).map(
    (model): Question => ({
      name: `attribution, ${model} touch, 30 days`,
      limitMs: 50,
      path: `/v1/reports/attribution?${query({ model, by: 'channel', goal: 'save', ...month })}`,
      sql: `
      WITH visits AS (
        SELECT session, any_value(viewer) AS viewer, any_value(channel) AS channel, min(occurred_at) AS occurred_at
        FROM event WHERE NOT bot GROUP BY session),
      touches AS (SELECT viewer, arg_min(channel, occurred_at) AS first FROM visits GROUP BY viewer),
      goals AS (SELECT session, count(*) AS goals FROM event WHERE NOT bot AND type = 'save' AND ${within(month)} GROUP BY session)
      SELECT ${model === 'first' ? 'first' : 'channel'} AS key, count(DISTINCT viewer) AS visitors, count(*) AS sessions,
        coalesce(sum(goals), 0) AS conversions
      FROM visits JOIN touches USING (viewer) LEFT JOIN goals USING (session) WHERE ${within(month)} GROUP BY 1 ORDER BY 1`,
      expected: (rows) =>
        rows.map(({ key, visitors, sessions, conversions }) => ({
          key,
          visitors,
          sessions,
          conversions,
          conversionRate: 100 * ratio(conversions, visitors),
        })),
      compared: ({ rows }: { rows: { key: string }[] }) => rows.toSorted(byText(({ key }) => key)),
    }),
  ),
  {
    name: 'funnel of 4 steps, 30 days',
    limitMs: 500,
    path: '/v1/reports/funnel',
    body: {
      steps: ['impression', 'click', 'view', 'save'].map((eventType) => ({ eventType })),
      windowMs: dayMs,
      ...month,
    },
    sql: `
      WITH e AS (SELECT viewer, type, occurred_at AS t FROM event WHERE NOT bot AND ${within(month)}),
      step1 AS (SELECT viewer, t AS t1, t FROM e WHERE type = 'impression'),
      ${['click', 'view', 'save'].map((type, n) => funnelStep(n + 2, type)).join(', ')}
      SELECT ${[1, 2, 3, 4].map((n) => `(SELECT count(DISTINCT viewer) FROM step${n}) AS n${n}`).join(', ')}`,
    expected: ([row = {}]) => ({
      steps: ['impression', 'click', 'view', 'save'].map((eventType, n) => ({ eventType, count: row[`n${n + 1}`] })),
    }),
  },
  {
    name: 'segment: saved three times and never shared, 30 days',
    limitMs: 500,
    path: `/v1/reports/segments?${query({ did: 'save', didNot: 'share', minCount: 3, ...month })}`,
    sql: `
      SELECT any_value(actor) AS actor, any_value(email) AS email, any_value(anonymous_id)::VARCHAR AS anonymous_id,
        ${countOf('save')} AS n, min(occurred_at) FILTER (type = 'save') AS first_seen, max(occurred_at) FILTER (type = 'save') AS last_seen
      FROM event WHERE NOT bot AND type IN ('save', 'share') AND ${within(month)}
      GROUP BY viewer HAVING n >= 3 AND ${countOf('share')} = 0`,
    expected: (rows) => rows.map(({ n }) => Number(n)).sort((a, b) => a - b),
    compared: ({ items }: { items: { count: number }[] }) => items.map(({ count }) => count).sort((a, b) => a - b),
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
  {
    name: 'an experiment',
    limitMs: 500,
    path: '/v1/reports/experiment?name=ranking-2&goal=save',
    sql: `
      WITH exposed AS (SELECT viewer, variant, min(occurred_at) AS t FROM event
        WHERE NOT bot AND type = 'experiment_exposure' AND experiment = 'ranking-2' GROUP BY ALL),
      converted AS (SELECT DISTINCT viewer FROM event JOIN exposed USING (viewer) WHERE NOT bot AND type = 'save' AND occurred_at >= t)
      SELECT variant, count(*) AS exposures, count(converted.viewer) AS conversions
      FROM exposed LEFT JOIN converted USING (viewer) GROUP BY 1 ORDER BY 1`,
    expected: (rows) => ({
      variants: rows.map(({ variant, exposures, conversions }) => ({
        variant,
        exposures,
        conversions,
        rate: 100 * ratio(conversions, exposures),
      })),
    }),
  },
  {
    name: 'one session',
    limitMs: 20,
    path: `/v1/sessions/${session}`,
    sql: `
      SELECT ${tally}, min(occurred_at) AS began, max(occurred_at) AS ended, any_value(actor) AS actor,
        ${countOf('page_view')} AS page_views, count(*) FILTER (type <> 'impression') AS interactions,
        count(DISTINCT (entity_type, entity)) FILTER (type = 'view') AS viewed
      FROM event WHERE NOT bot AND session = '${session}'`,
    expected: ([row = {}]) => ({
      sessionId: session,
      actorId: row.actor,
      startedAt: row.began,
      endedAt: row.ended,
      durationMs: Number(row.ended) - Number(row.began),
      interactionCount: row.interactions,
      pageViews: row.page_views,
      bounced: Number(row.interactions) <= 1,
      entitiesViewed: row.viewed,
      completions: row.completions,
      saves: row.saves,
      shares: row.shares,
      clicks: row.clicks,
    }),
  },
]
