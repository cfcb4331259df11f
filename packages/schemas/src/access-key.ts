import { z } from 'zod'

/** A page's origin, as browsers send it. */
export const originSchema = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://example.com',
  )

const originsSchema = z.array(originSchema).max(100)

/** What `POST /v1/admin/keys` takes. */
export const newKeyBodySchema = z.strictObject({
  kind: z.enum(['write', 'secret', 'admin']),
  /** Origins it may be used from; none: any. */
  origins: originsSchema.default([]),
})

/** What `POST /v1/admin/keys/{id}/rotate` takes. */
export const rotateKeyBodySchema = z.strictObject({
  /** How long the old key goes on working, 30 days at most. */
  keepMs: z
    .number()
    .min(0)
    .max(30 * 86_400_000)
    .default(86_400_000),
  /** Default: those of the old key. */
  origins: originsSchema.optional(),
})

/** A key as the collector answers it. */
export interface KeyView {
  id: string
  kind: 'write' | 'secret' | 'admin'
  /** Its own text: of a write key always, of others only in the answer that made them. */
  key: string | null
  origins: readonly string[]
  /** Keys of the configuration can only be changed there. */
  from: 'database' | 'configuration'
  createdAt: string
  /** When it stops working, or stopped; null: never. */
  revokedAt: string | null
}
