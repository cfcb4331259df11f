import { z } from 'zod'
import type { Rejection } from './ack.ts'
import type { Count } from './counts.ts'
import { entityIdSchema, entityTypeSchema, instantSchema, propsSchema } from './event.ts'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'

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

/** The body of `POST /v1/entities`. The entities are checked one by one, so that a bad one never sinks the others. */
export const entityListBodySchema = z.strictObject({
  entities: z.array(z.unknown()).min(1, 'it holds at least one entity'),
})

/** One of them: what the path of a single one says, and what its body does. */
export const listedEntitySchema = entityBodySchema.extend({ entityType: entityTypeSchema, entityId: entityIdSchema })
export type ListedEntity = z.input<typeof listedEntitySchema>

/** The answer to one of several entities. */
export type EntityResult =
  | { index: number; status: 'fulfilled'; data: EntityView; error: null }
  | { index: number; status: 'rejected'; data: null; error: Rejection }

/** The answer to `POST /v1/entities`: one result an entity, in the order of the request. */
export interface EntityListAck {
  total: number
  successful: number
  failed: number
  results: EntityResult[]
}

/** The parameters of `GET /v1/entities`. */
export const entityQuerySchema = z.strictObject({
  type: entityTypeSchema.optional(),
  ownerId: plainText(limits.maxActorIdLength).optional(),
  counts: z.enum(['true', 'false']).default('true'),
  cursor: z.stringFormat('cursor', /^\d{1,15}$/).optional(),
  limit: z.coerce.number().int().min(1).max(limits.maxListed).default(limits.maxListed),
})

/** An entity in a list, with its counts by event type unless they were not wanted. */
export interface EntityListItem extends EntityView {
  counts?: Record<string, Count>
}
