import { z } from 'zod'
import { userTokenSchema } from './event.ts'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'

/** What `POST /v1/preferences` takes: a user's liking of one value in one dimension grows, or shrinks. */
export const preferenceBodySchema = z.strictObject({
  dimension: plainText(limits.maxPreferenceDimensionLength).describe('Such as genre'),
  value: plainText(limits.maxPreferenceValueLength).describe('Such as jazz'),
  delta: z.int().min(-limits.maxPreferenceDelta).max(limits.maxPreferenceDelta).default(1),
  actorId: plainText(limits.maxActorIdLength)
    .optional()
    .describe('Whose it is: only a server may say it, a browser sends a user token'),
  userToken: userTokenSchema.optional(),
})
export type PreferenceBody = z.input<typeof preferenceBodySchema>

/** The answer of `POST /v1/preferences`. */
export const preferenceCountSchema = z.object({
  dimension: z.string(),
  value: z.string(),
  count: z.number().describe('What has come together; never under 0'),
})
export type PreferenceCount = z.infer<typeof preferenceCountSchema>

/** The answer of `GET /v1/users/{id}/preferences`. */
export const preferencesAnswerSchema = z.object({
  preferences: z.record(z.string(), z.record(z.string(), z.number())).describe('By dimension, then by value'),
})
export type PreferencesAnswer = z.infer<typeof preferencesAnswerSchema>
