import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Range } from '../store/reads.ts'
import { eventTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

const hourMs = 3_600_000

export const heatmap = report({
  method: 'GET',
  path: '/v1/reports/heatmap',
  summary: 'When things happen: events by weekday, 1 for Monday, and hour, in a time zone.',
  audience: 'server',
  query: z.strictObject({ eventType: eventTypeParam.optional(), ...rangeParams }),
  answer: z.object({ cells: z.array(z.object({ weekday: z.int(), hour: z.int(), count: z.int() })) }),
  async run({ eventType, ...params }, { read, now }) {
    const range = rangeOf(params, now)
    const scope = { eventTypes: eventType === undefined ? undefined : [eventType] }
    const { starts, counts } = await read('slots', { scope, range })
    const cells = Array.from({ length: 7 * 24 }, (_, n) => ({
      weekday: Math.floor(n / 24) + 1,
      hour: n % 24,
      count: 0,
    }))
    const hourOfWeek = hoursOfWeek(params.timezone, { from: starts[0] ?? 0, to: (starts.at(-1) ?? 0) + 1 })
    for (const [n, start] of starts.entries())
      (cells[hourOfWeek(start)] as { count: number }).count += counts[n] as number
    return { cells }
  },
  rows: ({ cells }) => cells,
})

/** Tells of an instant the hour of the week that clocks in a time zone show, 0 to 167; asks for changes of the clocks once. */
function hoursOfWeek(timezone: string, { from, to }: Range): (instant: number) => number {
  let moment: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone)
  const offsets: { since: number; offsetMs: number }[] = []
  while (moment && moment.epochMilliseconds < to) {
    offsets.unshift({ since: moment.epochMilliseconds, offsetMs: moment.offsetNanoseconds / 1e6 })
    moment = moment.getTimeZoneTransition('next')
  }
  return (instant) => {
    const offset = offsets.find(({ since }) => since <= instant)?.offsetMs ?? 0
    // The first of January 1970 was a Thursday.
    return (Math.floor((instant + offset) / hourMs) + 3 * 24) % (7 * 24)
  }
}
