import { z } from 'zod'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'

/** What `POST /v1/preferences` takes: a user's liking of one value in one dimension grows, or shrinks. */
export const preferenceBodySchema = z.strictObject({
  /** Such as `genre`. */
  dimension: plainText(limits.maxPreferenceDimensionLength),
  /** Such as `jazz`. */
  value: plainText(limits.maxPreferenceValueLength),
  delta: z.int().min(-limits.maxPreferenceDelta).max(limits.maxPreferenceDelta).default(1),
  /** Only a server with the secret key may say whose it is; a browser sends a user token. */
  actorId: plainText(limits.maxActorIdLength).optional(),
  userToken: z.string().max(limits.maxUserTokenLength).optional(),
})
export type PreferenceBody = z.input<typeof preferenceBodySchema>

/** The answer of `POST /v1/preferences`. */
export interface PreferenceCount {
  dimension: string
  value: string
  /** What has come together; never under 0. */
  count: number
}

/** The answer of `GET /v1/users/{id}/preferences`: by dimension, then by value. */
export interface PreferencesAnswer {
  preferences: Record<string, Record<string, number>>
}
