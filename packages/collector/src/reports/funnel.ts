import { limits } from '@tallymark/schemas'
import { percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { Funnel, Range } from '../store/reads.ts'
import {
  checkNamed,
  endOfNow,
  entityTypeParam,
  eventTypeParam,
  optionalPeriodParam,
  ParamError,
  periodStart,
  rangeOf,
  rangeParams,
} from './params.ts'
import { type Asking, report } from './report.ts'

const stepParam = z.strictObject({
  eventType: eventTypeParam,
  entityType: entityTypeParam.optional(),
  surface: z.string().min(1).max(limits.maxSurfaceLength).optional(),
})

const answer = z.object({
  steps: z.array(z.object({ eventType: z.string(), count: z.int(), conversion: z.number() })),
})

/**
 * A viewer reaches a step when they did all steps up to it, one after the other, the last one `windowMs` after the
 * first at most. Events of the same instant come in the order of the log; one event is one step only; and whoever
 * begins several times counts with the best of it. All of it lies in the range.
 */
export const funnel = report({
  method: 'POST',
  path: '/v1/reports/funnel',
  summary: 'How many viewers go through some steps, one after the other, within a time; and how many of the first.',
  audience: 'server',
  query: z.strictObject({
    steps: z.array(stepParam).min(1).max(limits.maxFunnelSteps),
    windowMs: z.int().min(0).max(limits.maxFunnelWindowMs),
    ...rangeParams,
  }),
  answer,
  async run({ steps, windowMs, ...params }, { read, plan, now }) {
    for (const [n, { eventType, entityType }] of steps.entries()) {
      checkNamed(plan, { [`steps.${n}.eventType`]: eventType }, { [`steps.${n}.entityType`]: entityType })
    }
    return goThrough({ steps, windowMs }, rangeOf(params, now), read)
  },
  rows: ({ steps }) => steps,
})

/** The same for a funnel that the plan declares: its days are summed up beforehand. */
export const declaredFunnel = report({
  method: 'GET',
  path: '/v1/reports/funnel',
  summary: 'How many viewers go through the steps of a funnel that the plan declares; and how many of the first.',
  audience: 'server',
  query: z.strictObject({ name: z.string(), period: optionalPeriodParam, ...rangeParams }),
  answer,
  async run({ name, period, ...params }, { read, plan, now }) {
    const declared = plan.funnels.get(name)
    if (!declared) {
      const names = [...plan.funnels.keys()].join(', ') || 'it has none'
      throw new ParamError(`the parameter name is not one of the plan's funnels (${names})`)
    }
    if (period !== undefined && (params.from !== undefined || params.to !== undefined)) {
      throw new ParamError('the parameter period takes the place of from and to')
    }
    const range = period === undefined ? rangeOf(params, now) : { from: periodStart(period, now), to: endOfNow(now) }
    return goThrough(declared, range, read)
  },
  rows: ({ steps }) => steps,
})

async function goThrough(
  { steps, windowMs }: Funnel,
  range: Range,
  read: Asking['read'],
): Promise<z.infer<typeof answer>> {
  const counts = await read('funnel', { steps, windowMs, range })
  return {
    steps: steps.map(({ eventType }, n) => {
      const count = counts[n] ?? 0
      return { eventType, count, conversion: percentOf(count, counts[0] ?? 0) }
    }),
  }
}
