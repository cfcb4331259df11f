import type { Role } from '@tallymark/schemas'
import { completionRate, engagementRate, netLikes, percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { Dimension, Group } from '../store/reads.ts'
import { checkNamed, isoTime, ParamError, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'
import { bucketsOf } from './timeseries.ts'

const maxRows = 10_000
const byDefaultMs = 30 * 86_400_000

const dimensionParam = z.enum([
  'eventType',
  'entityType',
  'entityId',
  'ownerId',
  'surface',
  'source',
  'channel',
  'device',
  'browser',
  'os',
  'country',
  'utmSource',
  'utmMedium',
  'utmCampaign',
] satisfies Dimension[])

const count = (group: Group, role: Role) => group.counts[role] ?? 0

/** What is counted of a group's views, to which the formulas apply. */
const tallyOf = (group: Group) => ({
  views: count(group, 'view'),
  clicks: count(group, 'click'),
  saves: count(group, 'save'),
  shares: count(group, 'share'),
  completions: count(group, 'complete') + group.completedViews,
  likes: count(group, 'like'),
  unlikes: count(group, 'unlike'),
})

/** What a row can say, each from the events of its group. */
const measures = {
  events: (group: Group) => group.events,
  unique: (group: Group) => group.viewers,
  sessions: (group: Group) => group.sessions,
  views: (group: Group) => count(group, 'view'),
  uniqueViewers: (group: Group) => group.viewersOfViews,
  clicks: (group: Group) => count(group, 'click'),
  likes: (group: Group) => netLikes(tallyOf(group)),
  saves: (group: Group) => count(group, 'save'),
  shares: (group: Group) => count(group, 'share'),
  completions: (group: Group) => tallyOf(group).completions,
  skips: (group: Group) => count(group, 'skip'),
  impressions: (group: Group) => count(group, 'impression'),
  outboundClicks: (group: Group) => count(group, 'outbound'),
  calendarAdds: (group: Group) => count(group, 'calendar'),
  pageViews: (group: Group) => count(group, 'page_view'),
  searches: (group: Group) => count(group, 'search'),
  filters: (group: Group) => count(group, 'filter'),
  watchTimeMs: (group: Group) => group.watchTimeMs,
  completionRate: (group: Group) => completionRate(tallyOf(group)),
  engagementRate: (group: Group) => engagementRate(tallyOf(group)),
  saveRate: (group: Group) => percentOf(count(group, 'save'), count(group, 'view')),
}
type Measure = keyof typeof measures
const measureParam = z.enum(Object.keys(measures) as [Measure, ...Measure[]])

/** Of the site as a whole these need no look at each event. */
const ofSite: ReadonlySet<Measure> = new Set(['events', 'unique'])

const nothing: Group = {
  bucket: 0,
  key: [],
  events: 0,
  counts: {},
  completedViews: 0,
  watchTimeMs: 0,
  viewers: 0,
  viewersOfViews: 0,
  sessions: 0,
}

const valueParam = z.union([z.string(), z.int().transform(String), z.null()])
const valuesParam = z.union([valueParam.transform((value) => [value]), z.array(valueParam).min(1)])

/**
 * A row for each combination of values that events have, of the last 30 days unless there is a range; with an interval
 * for each bucket of it, which begins at `t`; without either, one row. `unique` are the distinct viewers of all events of
 * the row, `uniqueViewers` those of its views, `sessions` the distinct sessions with an event in it.
 */
export const customReport = report({
  method: 'POST',
  path: '/v1/reports/query',
  summary: 'Any measures by any dimensions: a report of one’s own.',
  audience: 'server',
  query: z.strictObject({
    measures: z.array(measureParam).min(1),
    dimensions: z.array(dimensionParam).max(4).default([]),
    /** Of each dimension the value, or the values, that count; null is what says nothing of it. */
    filters: z.partialRecord(dimensionParam, valuesParam).default({}),
    interval: z.enum(['hour', 'day', 'week', 'month']).optional(),
    ...rangeParams,
  }),
  answer: z.object({ rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))) }),
  async run({ measures: wanted, dimensions, filters, interval, ...params }, { read, plan, roles, now }) {
    for (const eventType of filters.eventType ?? []) checkNamed(plan, { 'filters.eventType': eventType ?? undefined })
    const range = rangeOf(params, now, byDefaultMs)
    const starts = interval ? bucketsOf(range, interval, params.timezone) : [range.from]
    const edges = [range.from, ...starts.slice(1), range.to]
    const conditions = Object.entries(filters).map(([dimension, values]) => ({
      dimension: dimension as Dimension,
      values: values ?? [],
    }))
    const isOneRow = dimensions.length === 0 && interval === undefined
    const isOfSite = isOneRow && conditions.length === 0 && wanted.every((measure) => ofSite.has(measure))
    const { groups, isComplete } =
      starts.length === 0
        ? { groups: [], isComplete: true }
        : isOfSite
          ? { groups: [{ ...nothing, ...(await read('siteTotals', { range })) }], isComplete: true }
          : await read('groups', { dimensions, filters: conditions, edges, roles, maxGroups: maxRows })
    if (!isComplete) {
      throw new ParamError(`the report has more than ${maxRows} rows: leave out a dimension, or filter by it`)
    }
    const [first = 'events'] = wanted
    const inOrder = (groups.length === 0 && isOneRow ? [nothing] : groups).toSorted(
      (a, b) => a.bucket - b.bucket || measures[first](b) - measures[first](a) || compareKeys(a.key, b.key),
    )
    return {
      rows: inOrder.map((group) => ({
        ...(interval && { t: isoTime(starts[group.bucket] ?? range.from) }),
        ...Object.fromEntries(dimensions.map((dimension, n) => [dimension, group.key[n] ?? null])),
        ...Object.fromEntries(wanted.map((measure) => [measure, measures[measure](group)])),
      })),
    }
  },
  columns: ({ measures, dimensions, interval }) => [
    ...new Set([...(interval ? ['t'] : []), ...dimensions, ...measures]),
  ],
  rows: ({ rows }) => rows,
})

function compareKeys(some: readonly (string | null)[], others: readonly (string | null)[]): number {
  const [a, b] = [JSON.stringify(some), JSON.stringify(others)]
  return a < b ? -1 : Number(a > b)
}
