import { z } from 'zod'
import { fieldErrorSchema, problemCodeSchema } from './problem.ts'

/** Why an event was accepted and yet not stored. */
const ignoreReasonSchema = z.enum(['duplicate', 'private_entity', 'bot'])
export type IgnoreReason = z.infer<typeof ignoreReasonSchema>

/** The answer to an event that was stored. */
export const storedAckSchema = z.object({ eventId: z.string(), tracked: z.literal(true) })

/** The answer to an event that was accepted and not stored. */
export const ignoredAckSchema = z.object({
  eventId: z.string().nullable().describe('null when the event had no id of its own'),
  tracked: z.literal(false),
  reason: ignoreReasonSchema,
})

/** The answer to one accepted event. */
const ackSchema = z.discriminatedUnion('tracked', [storedAckSchema, ignoredAckSchema]).meta({ id: 'Ack' })
export type Ack = z.infer<typeof ackSchema>

const rejectionSchema = z
  .object({
    code: problemCodeSchema,
    detail: z.string(),
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Rejection' })
export type Rejection = z.infer<typeof rejectionSchema>

/** The answer to one of several things that were sent together. */
export const resultSchema = <Data extends z.ZodType>(data: Data) =>
  z.discriminatedUnion('status', [
    z.object({ index: z.int(), status: z.literal('fulfilled'), data, error: z.null() }),
    z.object({ index: z.int(), status: z.literal('rejected'), data: z.null(), error: rejectionSchema }),
  ])

/** The answer to one event of a batch. */
const batchResultSchema = resultSchema(ackSchema).meta({ id: 'BatchResult' })
export type BatchResult = z.infer<typeof batchResultSchema>

/** The answer to a batch: one result an event, in the order of the request. */
export const batchAckSchema = z.object({
  total: z.int(),
  successful: z.int().describe('Events that were accepted: stored, or ignored with a reason'),
  failed: z.int(),
  results: z.array(batchResultSchema),
})
export type BatchAck = z.infer<typeof batchAckSchema>
