import { dayMs, now } from '../site.ts'
import { countOf, instant, lastDays, rates, tally, within } from '../sql.ts'
import { byText, month, type Question, quarter, query, ratio } from './question.ts'

/** How the site does. */
export const siteQuestions: readonly Question[] = [
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
  ...[30, 90].map(
    (days): Question => ({
      name: `the site's viewers, ${days} days`,
      limitMs: 50,
      path: '/v1/reports/query',
      body: { measures: ['unique'], dimensions: [], ...lastDays(days) },
      sql: `SELECT count(DISTINCT viewer) AS viewers FROM event WHERE NOT bot AND ${within(lastDays(days))}`,
      expected: ([row = {}]) => ({ rows: [{ unique: row.viewers }] }),
    }),
  ),
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
]
