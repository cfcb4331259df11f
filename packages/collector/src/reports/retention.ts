import { z } from 'zod'
import { endOfNow, isoTime, limitParam, timezoneParam } from './params.ts'
import { report } from './report.ts'
import { bucketsOf } from './timeseries.ts'

const dayMs = 86_400_000

export const retention = report({
  method: 'GET',
  path: '/v1/reports/retention',
  summary:
    'Who comes back: of the viewers first seen in each of the last days or weeks, how many were seen in each later one.',
  audience: 'server',
  query: z.strictObject({
    interval: z.enum(['day', 'week']).default('week'),
    periods: limitParam(8, 100),
    timezone: timezoneParam,
  }),
  answer: z.object({
    cohorts: z.array(z.object({ start: z.string(), size: z.int(), retained: z.array(z.int()) })),
  }),
  async run({ interval, periods, timezone }, { read, now }) {
    const days = interval === 'week' ? 7 : 1
    const starts = bucketsOf({ from: now - periods * days * dayMs, to: now + 1 }, interval, timezone).slice(-periods)
    const cohorts = await read('cohorts', { edges: [...starts, endOfNow(now)] })
    return {
      cohorts: starts.map((start, n) => {
        const retained = cohorts[n] ?? []
        return { start: isoTime(start), size: retained[0] ?? 0, retained }
      }),
    }
  },
  rows: ({ cohorts }) =>
    cohorts.map(({ start, size, retained }) => ({
      start,
      size,
      ...Object.fromEntries(cohorts.map((_, n) => [`period${n}`, retained[n] ?? null])),
    })),
})
