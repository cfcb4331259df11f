import { changeOf, percentOf } from '@tallymark/schemas/metrics'
import { z } from 'zod'
import type { VariantCount } from '../store/reads.ts'
import { checkNamed, eventTypeParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'
import { pValueOf } from './significance.ts'

const exposureType = 'experiment_exposure'

/**
 * A viewer belongs to the variant that they saw first, whatever they saw later, and has converted when they did the goal
 * at that moment or later, all within the range. The variant `control`, else the first by name, is what the others are
 * compared with: lift is the change of the rate in percent, null where the control's is 0; pValue is that of
 * {@link pValueOf}. The control itself has neither.
 */
export const experiment = report({
  method: 'GET',
  path: '/v1/reports/experiment',
  summary: 'How the variants of an experiment do: who saw them, who reached the goal, and whether that may be chance.',
  audience: 'server',
  query: z.strictObject({ name: z.string().min(1).max(255), goal: eventTypeParam, ...rangeParams }),
  answer: z.object({
    variants: z.array(
      z.object({
        variant: z.string(),
        exposures: z.int(),
        conversions: z.int(),
        rate: z.number(),
        lift: z.number().nullable(),
        pValue: z.number().nullable(),
      }),
    ),
  }),
  async run({ name, goal, ...params }, { read, plan, now }) {
    checkNamed(plan, { goal })
    const counts = await read('experiment', { name, exposureType, goal, range: rangeOf(params, now) })
    const [control, ...others] = counts.sort(byControl)
    if (!control) return { variants: [] }
    return {
      variants: [
        { ...withRate(control), lift: null, pValue: null },
        ...others.map((variant) => ({
          ...withRate(variant),
          lift: changeOf(withRate(variant).rate, withRate(control).rate),
          pValue: pValueOf(asGroup(variant), asGroup(control)),
        })),
      ],
    }
  },
  rows: ({ variants }) => variants,
})

const byControl = (a: VariantCount, b: VariantCount) =>
  Number(b.variant === 'control') - Number(a.variant === 'control') || (a.variant < b.variant ? -1 : 1)

const withRate = (count: VariantCount) => ({ ...count, rate: percentOf(count.conversions, count.exposures) })

const asGroup = ({ exposures, conversions }: VariantCount) => ({ size: exposures, hits: conversions })
