import { z } from 'zod'
import { eventSchema } from './event.ts'
import * as limits from './limits.ts'

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
  .extend({ userToken: z.string().max(limits.maxUserTokenLength).optional() })
export type SessionBody = z.infer<typeof sessionBodySchema>

/** The answer of `POST /v1/sessions`. */
export interface SessionOpened {
  sessionId: string
  startedAt: string
}

/** The answer of `POST /v1/sessions/{id}/close`. */
export interface SessionClosed {
  sessionId: string
  /** From its first event to its last. */
  durationMs: number
  /** Its events other than impressions, session markers and errors. */
  interactionCount: number
}
