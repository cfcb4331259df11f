import { z } from 'zod'
import { instantSchema, propsSchema } from './event.ts'

const visibilitySchema = z.enum(['public', 'private'])

/** What `PUT /v1/entities/{type}/{id}` takes: it replaces what was known of the entity. */
export const entityBodySchema = z.strictObject({
  title: z.string().max(500).optional(),
  ownerId: z.string().min(1).max(200).optional(),
  publishedAt: instantSchema.optional(),
  visibility: visibilitySchema
    .default('public')
    .describe('Only the owner’s own events are tracked on a private entity, and it never shows in public reads'),
  metadata: propsSchema.optional().describe('As large and as deep as an event’s props may be'),
})
export type EntityBody = z.input<typeof entityBodySchema>
export type Visibility = z.infer<typeof visibilitySchema>

/** An entity as the collector answers it. */
export const entityViewSchema = z
  .object({
    entityType: z.string(),
    entityId: z.string(),
    title: z.string().nullable(),
    ownerId: z.string().nullable(),
    publishedAt: z.string().nullable().describe('ISO 8601'),
    visibility: visibilitySchema,
    metadata: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Entity' })
export type EntityView = z.infer<typeof entityViewSchema>
