/** What the questions are put together from, in DuckDB's SQL and by the definitions of the metrics. */
import { dayMs, now } from './site.ts'

const midnight = Math.floor(now / dayMs) * dayMs
const date = (ms: number) => new Date(ms).toISOString().slice(0, 10)
/** So many whole days before today. */
export const lastDays = (days: number) => ({ from: date(midnight - days * dayMs), to: date(midnight) })

export const instant = (ms: number) => `TIMESTAMP '${new Date(ms).toISOString().slice(0, -1).replace('T', ' ')}'`
export const within = ({ from, to }: { from: string; to: string }) =>
  `occurred_at >= '${from}' AND occurred_at < '${to}'`
/** A rolling period: up to now. */
export const since = (ms: number) => `occurred_at >= ${instant(now - ms)} AND occurred_at < ${instant(now)}`

export const countOf = (...types: string[]) =>
  `count(*) FILTER (type IN (${types.map((type) => `'${type}'`).join(', ')}))`

/** The numbers that most reports are made of. Bots are left out where it is used. */
export const tally = `
  ${countOf('view')} AS views,
  count(*) FILTER (type = 'complete' OR (type = 'view' AND completed)) AS completions,
  coalesce(sum(duration_ms) FILTER (type IN ('view', 'complete', 'skip')), 0) AS watch,
  ${countOf('save')} AS saves, ${countOf('share')} AS shares, ${countOf('click')} AS clicks,
  ${countOf('skip')} AS skips, greatest(${countOf('like')} - ${countOf('unlike')}, 0) AS likes`
export const rates = `
  CASE WHEN views = 0 THEN 0 ELSE least(100, 100 * completions / views) END AS completion_rate,
  CASE WHEN views = 0 THEN 0 ELSE 100 * (saves + shares + clicks) / views END AS engagement_rate,
  CASE WHEN views = 0 THEN 0 ELSE greatest(0, least(100,
    (40 * completions + 30 * saves + 20 * shares + 10 * clicks - 20 * skips) / views)) END AS score`
