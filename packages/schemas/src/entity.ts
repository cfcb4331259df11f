import { z } from 'zod'
import { instantSchema, propsSchema } from './event.ts'

/** What `PUT /v1/entities/{type}/{id}` takes: it replaces what was known of the entity. */
export const entityBodySchema = z.strictObject({
  title: z.string().max(500).optional(),
  ownerId: z.string().min(1).max(200).optional(),
  publishedAt: instantSchema.optional(),
  /** Only the owner's own events are tracked on a private entity, and it never shows in public reads. */
  visibility: z.enum(['public', 'private']).default('public'),
  /** As large and as deep as an event's props may be. */
  metadata: propsSchema.optional(),
})
export type EntityBody = z.input<typeof entityBodySchema>
export type Visibility = 'public' | 'private'

/** An entity as the collector answers it. */
export interface EntityView {
  entityType: string
  entityId: string
  title: string | null
  ownerId: string | null
  publishedAt: string | null
  visibility: Visibility
  metadata: Record<string, unknown> | null
}
