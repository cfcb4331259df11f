import { plan } from '../plan.ts'
import { dayMs, now } from '../site.ts'
import { countOf, instant, tally, within } from '../sql.ts'
import { byText, month, type Question, query, ratio } from './question.ts'

const weekMs = 7 * dayMs
/** Mondays in UTC. */
const week = "date_trunc('week', occurred_at)"

/**
 * From each start of the step before the next event of this type, within the window. An ASOF JOIN would say so in fewer
 * words, but now and then comes to DuckDB's own "Attempted to dereference unique_ptr that is NULL!".
 */
const funnelStep = (n: number, type: string) => `
  step${n} AS (SELECT viewer, t1, min(e.t) AS t FROM step${n - 1} JOIN (FROM e WHERE type = '${type}') e USING (viewer)
    WHERE e.t > step${n - 1}.t AND e.t - t1 <= INTERVAL 1 DAY GROUP BY viewer, t1, step${n - 1}.t)`

/** How many go through some steps within a day. */
const funnel = ([first, ...others]: readonly string[]): Pick<Question, 'sql' | 'expected'> => ({
  sql: `
    WITH e AS (SELECT viewer, type, occurred_at AS t FROM event WHERE NOT bot AND ${within(month)}),
    step1 AS (SELECT viewer, t AS t1, t FROM e WHERE type = '${first}'),
    ${others.map((type, n) => funnelStep(n + 2, type)).join(', ')}
    SELECT ${[first, ...others].map((_, n) => `(SELECT count(DISTINCT viewer) FROM step${n + 1}) AS n${n + 1}`).join(', ')}`,
  expected: ([row = {}]) => ({
    steps: [first, ...others].map((eventType, n) => ({ eventType, count: row[`n${n + 1}`] })),
  }),
})

const toShare = ['impression', 'click', 'view', 'share']

/** What viewers do, one after another. */
export const viewerQuestions: readonly Question[] = [
  {
    name: 'retention, 8 weeks',
    limitMs: 20,
    path: '/v1/reports/retention?interval=week&periods=8',
    sql: `
      WITH seen AS (SELECT DISTINCT viewer, ${week} AS week FROM event WHERE NOT bot AND viewer IS NOT NULL),
      first AS (SELECT viewer, min(week) AS start FROM seen GROUP BY 1)
      SELECT start, datediff('week', start, week) AS n, count(*) AS viewers FROM seen JOIN first USING (viewer)
      WHERE start > ${instant(now - 8 * weekMs)} GROUP BY 1, 2 ORDER BY 1, 2`,
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
  ...(['first', 'last'] as const).map(
    (model): Question => ({
      name: `attribution, ${model} touch, 30 days`,
      limitMs: 50,
      path: `/v1/reports/attribution?${query({ model, by: 'channel', goal: 'save', ...month })}`,
      sql: `
      WITH e AS (SELECT session, viewer, type, channel, occurred_at FROM event WHERE NOT bot),
      touches AS (SELECT viewer, arg_min(channel, occurred_at) AS first FROM e GROUP BY viewer),
      visits AS (
        SELECT session, any_value(viewer) AS viewer, arg_min(channel, occurred_at) AS channel, ${countOf('save')} AS goals
        FROM e WHERE ${within(month)} GROUP BY session)
      SELECT ${model === 'first' ? 'first' : 'channel'} AS key, count(DISTINCT viewer) AS visitors, count(*) AS sessions,
        sum(goals) AS conversions
      FROM visits JOIN touches USING (viewer) GROUP BY 1 ORDER BY 1`,
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
    body: { steps: toShare.map((eventType) => ({ eventType })), windowMs: dayMs, ...month },
    ...funnel(toShare),
  },
  {
    name: 'funnel of 4 steps that the plan declares, 30 days',
    limitMs: 20,
    path: `/v1/reports/funnel?${query({ name: 'saved', ...month })}`,
    ...funnel(plan.funnels.saved.steps.map(({ eventType }) => eventType)),
  },
  {
    name: 'segment: saved three times and never shared, 30 days',
    limitMs: 500,
    path: `/v1/reports/segments?${query({ did: 'save', didNot: 'share', minCount: 3, limit: 1000, ...month })}`,
    sql: `
      SELECT any_value(actor) AS actor, any_value(email) AS email, any_value(anonymous_id)::VARCHAR AS anonymous_id,
        ${countOf('save')} AS n, min(occurred_at) FILTER (type = 'save') AS first_seen, max(occurred_at) FILTER (type = 'save') AS last_seen
      FROM event WHERE NOT bot AND type IN ('save', 'share') AND ${within(month)}
      GROUP BY viewer HAVING n >= 3 AND ${countOf('share')} = 0`,
    expected: (rows) => rows.map(({ n }) => Number(n)).sort((a, b) => a - b),
    compared: ({ items }: { items: { count: number }[] }) => items.map(({ count }) => count).sort((a, b) => a - b),
  },
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
]

/** About one session. */
export const sessionQuestion = (session: string): Question => ({
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
})
