import { z } from 'zod'

/** A page's origin, as browsers send it. */
export const originSchema = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://example.com',
  )

const keyKindSchema = z.enum(['write', 'secret', 'admin'])

const originsSchema = z.array(originSchema).max(100)

/** What `POST /v1/admin/keys` takes. */
export const newKeyBodySchema = z.strictObject({
  kind: keyKindSchema,
  origins: originsSchema.default([]).describe('Origins it may be used from; none: any'),
})

/** How long a key that was rotated may go on working. */
export const maxKeepMs = 30 * 86_400_000

/** What `POST /v1/admin/keys/{id}/rotate` takes. */
export const rotateKeyBodySchema = z.strictObject({
  keepMs: z
    .int()
    .min(0)
    .max(maxKeepMs)
    .default(86_400_000)
    .describe('How long the old key goes on working: a day unless it is given'),
  origins: originsSchema.optional().describe('Default: those of the old key'),
})

/** A key as the collector answers it. */
export const keyViewSchema = z
  .object({
    id: z.string(),
    kind: keyKindSchema,
    key: z.string().nullable().describe('Its text: of a write key always, of others only in the answer that made them'),
    origins: z.array(z.string()).readonly(),
    from: z.enum(['database', 'configuration']).describe('Keys of the configuration can only be changed there'),
    createdAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable().describe('When it stops working, or stopped; null: never'),
  })
  .meta({ id: 'Key' })
export type KeyView = z.infer<typeof keyViewSchema>
