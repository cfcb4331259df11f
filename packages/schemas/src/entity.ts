import { z } from 'zod'
import { resultSchema } from './ack.ts'
import { countSchema } from './counts.ts'
import { entityIdSchema, entityTypeSchema, instantSchema, propsSchema } from './event.ts'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'

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

/** The body of `POST /v1/entities`. The entities are checked one by one, so that a bad one never sinks the others. */
export const entityListBodySchema = z.strictObject({
  entities: z.array(z.unknown()).min(1, 'it holds at least one entity'),
})

/** One of them: what the path of a single one says, and what its body does. */
export const listedEntitySchema = entityBodySchema.extend({ entityType: entityTypeSchema, entityId: entityIdSchema })
export type ListedEntity = z.input<typeof listedEntitySchema>

/** The answer to one of several entities. */
const entityResultSchema = resultSchema(entityViewSchema).meta({ id: 'EntityResult' })
export type EntityResult = z.infer<typeof entityResultSchema>

/** The answer to `POST /v1/entities`: one result an entity, in the order of the request. */
export const entityListAckSchema = z.object({
  total: z.int(),
  successful: z.int(),
  failed: z.int(),
  results: z.array(entityResultSchema),
})
export type EntityListAck = z.infer<typeof entityListAckSchema>

/** The parameters of `GET /v1/entities`. */
export const entityQuerySchema = z.strictObject({
  type: entityTypeSchema.optional(),
  ownerId: plainText(limits.maxActorIdLength).optional(),
  counts: z.enum(['true', 'false']).default('true'),
  cursor: z.stringFormat('cursor', /^\d{1,15}$/).optional(),
  limit: z.coerce.number().int().min(1).max(limits.maxListed).default(limits.maxListed),
})

/** An entity in a list, with its counts by event type unless they were not wanted. */
export const entityListItemSchema = entityViewSchema.extend({ counts: z.record(z.string(), countSchema).optional() })
export type EntityListItem = z.infer<typeof entityListItemSchema>
