import { limits } from '@tallymark/schemas'
import { percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import { checkNamed, entityTypeParam, eventTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

const maxSteps = 10
/** A year: chains longer than that tell nothing. */
const maxWindowMs = 366 * 86_400_000

const stepParam = z.strictObject({
  eventType: eventTypeParam,
  entityType: entityTypeParam.optional(),
  surface: z.string().min(1).max(limits.maxSurfaceLength).optional(),
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
    steps: z.array(stepParam).min(1).max(maxSteps),
    windowMs: z.int().min(0).max(maxWindowMs),
    ...rangeParams,
  }),
  answer: z.object({
    steps: z.array(z.object({ eventType: z.string(), count: z.int(), conversion: z.number() })),
  }),
  async run({ steps, windowMs, ...params }, { read, plan, now }) {
    for (const [n, { eventType, entityType }] of steps.entries()) {
      checkNamed(plan, { [`steps.${n}.eventType`]: eventType }, { [`steps.${n}.entityType`]: entityType })
    }
    const counts = await read('funnel', { steps, windowMs, range: rangeOf(params, now) })
    return {
      steps: steps.map(({ eventType }, n) => {
        const count = counts[n] ?? 0
        return { eventType, count, conversion: percentOf(count, counts[0] ?? 0) }
      }),
    }
  },
  rows: ({ steps }) => steps,
})
