import { z } from 'zod'
import { eventSchema, userTokenSchema } from './event.ts'

/** The reserved event types that open and close a session. No plan declares them, every plan takes them. */
export const sessionStartType = 'session_start'
export const sessionEndType = 'session_end'

/** What `POST /v1/sessions` and `POST /v1/sessions/{id}/close` take: who it is and where, as an event says it. */
export const sessionBodySchema = eventSchema
  .pick({
    anonymousId: true,
    source: true,
    surface: true,
    attribution: true,
    context: true,
    actorId: true,
    actorType: true,
  })
  .extend({ userToken: userTokenSchema.optional() })
export type SessionBody = z.infer<typeof sessionBodySchema>

/** The answer of `POST /v1/sessions`. */
export const sessionOpenedSchema = z.object({ sessionId: z.string(), startedAt: z.iso.datetime() })
export type SessionOpened = z.infer<typeof sessionOpenedSchema>

/** The answer of `POST /v1/sessions/{id}/close`. */
export const sessionClosedSchema = z.object({
  sessionId: z.string(),
  durationMs: z.number().describe('From its first event to its last'),
  interactionCount: z.int().describe('Its events other than impressions, session markers and errors'),
})
export type SessionClosed = z.infer<typeof sessionClosedSchema>
