import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Range } from '../store/reads.ts'
import { entityIdParam, entityTypeParam, eventTypeParam, isoTime, ParamError, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

const intervals = ['hour', 'day', 'week', 'month'] as const
type Interval = (typeof intervals)[number]

const maxPoints = 10_000
const byDefaultMs = 30 * 86_400_000

export const timeseries = report({
  method: 'GET',
  path: '/v1/reports/timeseries',
  summary: 'Events and distinct viewers by hour, day, week or month; the last 30 days unless there is a range.',
  audience: 'server',
  query: z.strictObject({
    eventType: eventTypeParam.optional(),
    entityType: entityTypeParam.optional(),
    entityId: entityIdParam.optional(),
    interval: z.enum(intervals).default('day'),
    ...rangeParams,
  }),
  answer: z.object({ points: z.array(z.object({ t: z.string(), count: z.int(), unique: z.int() })) }),
  async run({ eventType, entityType, entityId, interval, ...params }, { read, now }) {
    if (entityId !== undefined && entityType === undefined) {
      throw new ParamError('the parameter entityId needs entityType beside it')
    }
    const range = rangeOf(params, now, byDefaultMs)
    const starts = bucketsOf(range, interval, params.timezone)
    const scope = { eventTypes: eventType === undefined ? undefined : [eventType], entityType, entityId }
    // The first and the last bucket are counted as far as they lie in the range.
    const edges = [range.from, ...starts.slice(1), range.to]
    const counted = starts.length === 0 ? [] : await read('series', { scope, edges })
    return { points: starts.map((t, n) => ({ t: isoTime(t), count: 0, unique: 0, ...counted[n] })) }
  },
  rows: ({ points }) => points,
})

/** The beginnings of the buckets that a range touches, in a time zone: weeks begin on Monday. */
export function bucketsOf({ from, to }: Range, interval: Interval, timezone: string): number[] {
  const starts: number[] = []
  let start = beginningOf(Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone), interval)
  while (start.epochMilliseconds < to) {
    if (starts.length === maxPoints) {
      throw new ParamError(`the range has more than ${maxPoints} points: choose a longer interval`)
    }
    starts.push(start.epochMilliseconds)
    start = start.add({ [`${interval}s`]: 1 })
    // An hour that a change of the clocks skips or doubles, and a day whose midnight there is not.
    if (interval !== 'hour') start = start.startOfDay()
  }
  return starts
}

function beginningOf(moment: Temporal.ZonedDateTime, interval: Interval): Temporal.ZonedDateTime {
  if (interval === 'hour') return moment.round({ smallestUnit: 'hour', roundingMode: 'floor' })
  const day = moment.startOfDay()
  if (interval === 'week') return day.subtract({ days: day.dayOfWeek - 1 }).startOfDay()
  return interval === 'month' ? day.with({ day: 1 }).startOfDay() : day
}
