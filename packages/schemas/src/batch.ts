import { z } from 'zod'
import { attributionSchema, contextSchema, type EventInput, instantSchema } from './event.ts'
import * as limits from './limits.ts'

/** The body of `POST /v1/batch`. The events are checked one by one, so that a bad one never sinks the others. */
export const batchSchema = z.strictObject({
  events: z.array(z.unknown()).min(1, 'a batch holds at least one event'),
  /** When the client sent it; tells the collector how far the client's clock is off. */
  sentAt: instantSchema.optional(),
  userToken: z.string().max(limits.maxUserTokenLength).optional(),
  /** Used by the events that have no attribution of their own. */
  attribution: attributionSchema.optional(),
  /** Fills, field by field, what the events' own contexts lack. */
  context: contextSchema.optional(),
})

/** A batch as a client makes it. */
export type BatchInput = Omit<z.infer<typeof batchSchema>, 'events'> & { events: EventInput[] }
