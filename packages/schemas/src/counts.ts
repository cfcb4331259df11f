import { z } from 'zod'

/** What is counted of one entity and one event type: events, and the distinct viewers behind them. */
export const countSchema = z.object({ count: z.int(), unique: z.int() }).meta({ id: 'Count' })
export type Count = z.infer<typeof countSchema>

/** The answer of `GET /v1/counts`. */
export const countsAnswerSchema = z.object({
  counts: z
    .record(z.string(), z.record(z.string(), countSchema))
    .describe('By entity id, then by event type: events, and the distinct viewers behind them'),
})
export type CountsAnswer = z.infer<typeof countsAnswerSchema>
