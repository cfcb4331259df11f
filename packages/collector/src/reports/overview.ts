import { changeOf, completionRate, engagementRate, engagements, percentOf, ratioOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { Activity, Range, SessionTotals } from '../store/reads.ts'
import { endOfNow, isoTime, ownerIdParam, periodParam, periodStart, periods } from './params.ts'
import { type Asking, report } from './report.ts'

const totals = {
  totalViews: z.int(),
  totalUniqueViewers: z.int(),
  totalWatchTimeMs: z.number(),
  averageSessionDurationMs: z.number(),
  totalSessions: z.int(),
  bounceRate: z.number(),
  averageCompletionRate: z.number(),
  totalEngagements: z.int(),
  engagementRate: z.number(),
}
type Totals = { [Field in keyof typeof totals]: number }

export const overview = report({
  method: 'GET',
  path: '/v1/reports/overview',
  summary: 'The last day, week or month up to now, of the site or of one owner, beside the same length of time before.',
  audience: 'server',
  query: z.strictObject({
    period: periodParam,
    ownerId: ownerIdParam.optional(),
  }),
  answer: z.object({
    period: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    ...totals,
    previous: z.object(totals),
    change: z.record(z.string(), z.number().nullable()),
  }),
  async run({ period, ownerId }, asking) {
    const from = periodStart(period, asking.now)
    const previous = { from: Math.max(0, from - periods[period]), to: from }
    const [now, before] = await Promise.all([
      totalsOf({ from, to: endOfNow(asking.now) }, ownerId, asking),
      totalsOf(previous, ownerId, asking),
    ])
    const fields = Object.keys(totals) as (keyof Totals)[]
    return {
      period,
      from: period === 'all' ? null : isoTime(from),
      to: isoTime(asking.now),
      ...now,
      previous: before,
      change: Object.fromEntries(fields.map((field) => [field, changeOf(now[field], before[field])])),
    }
  },
})

/** One after the other: those of the other range are under way, and more at once would only wait for each other. */
async function totalsOf(range: Range, ownerId: string | undefined, { read, roles }: Asking): Promise<Totals> {
  const activity = await read('activity', { scope: { ownerId }, range, roles })
  return toTotals(activity, await read('sessionTotals', { range, ownerId }))
}

function toTotals({ tally, uniqueViewers }: Activity, { sessions, durationMs, bounced }: SessionTotals): Totals {
  return {
    totalViews: tally.views,
    totalUniqueViewers: uniqueViewers,
    totalWatchTimeMs: tally.watchTimeMs,
    averageSessionDurationMs: ratioOf(durationMs, sessions),
    totalSessions: sessions,
    bounceRate: percentOf(bounced, sessions),
    averageCompletionRate: completionRate(tally),
    totalEngagements: engagements(tally),
    engagementRate: engagementRate(tally),
  }
}
