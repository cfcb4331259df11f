import { z } from 'zod'
import { attributionSchema, contextSchema, type EventInput, sentAtSchema, userTokenSchema } from './event.ts'

/** The body of `POST /v1/batch`. The events are checked one by one, so that a bad one never sinks the others. */
export const batchSchema = z.strictObject({
  events: z.array(z.unknown()).min(1, 'a batch holds at least one event'),
  sentAt: sentAtSchema.optional(),
  userToken: userTokenSchema.optional(),
  attribution: attributionSchema.optional().describe('Used by the events that have no attribution of their own'),
  context: contextSchema.optional().describe('Fills, field by field, what the events’ own contexts lack'),
})

/** A batch as a client makes it. */
export type BatchInput = Omit<z.infer<typeof batchSchema>, 'events'> & { events: EventInput[] }
