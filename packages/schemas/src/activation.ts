import { z } from 'zod'
import { entityIdSchema, entityTypeSchema, instantSchema } from './event.ts'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'

export const activationKinds = ['spotlight', 'promoted'] as const
export type ActivationKind = (typeof activationKinds)[number]

export const activationStatuses = ['draft', 'active', 'fulfilled', 'cancelled'] as const
export type ActivationStatus = (typeof activationStatuses)[number]

/** What an activation may become. What is fulfilled or cancelled stays as it is. */
export const nextStatuses: Readonly<Record<ActivationStatus, readonly ActivationStatus[]>> = {
  draft: ['active', 'cancelled'],
  active: ['fulfilled', 'cancelled'],
  fulfilled: [],
  cancelled: [],
}

const partnerSchema = plainText(limits.maxPartnerLength)

/** What `POST /v1/activations` takes: a partner's campaign for one entity and a span of time. */
export const activationBodySchema = z.strictObject({
  entityType: entityTypeSchema,
  entityId: entityIdSchema,
  partner: partnerSchema.describe('For whom it is'),
  kind: z.enum(activationKinds),
  startsAt: instantSchema,
  endsAt: instantSchema.describe('An event at this moment is not in it any more'),
  status: z.enum(['draft', 'active']).default('draft'),
})
export type ActivationBody = z.input<typeof activationBodySchema>

/** What `PATCH /v1/activations/{id}` takes. */
export const activationChangeSchema = z.strictObject({
  partner: partnerSchema.optional(),
  kind: z.enum(activationKinds).optional(),
  startsAt: instantSchema.optional(),
  endsAt: instantSchema.optional(),
  status: z.enum(activationStatuses).optional(),
})
export type ActivationChange = z.infer<typeof activationChangeSchema>

/** The parameters of `GET /v1/activations`. */
export const activationQuerySchema = z.strictObject({
  entityType: entityTypeSchema.optional(),
  entityId: plainText(limits.maxEntityIdLength).optional(),
  partner: partnerSchema.optional(),
  kind: z.enum(activationKinds).optional(),
  status: z.enum(activationStatuses).optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(limits.maxListed).default(limits.maxListed),
})

/** An activation as the collector answers it. */
export const activationViewSchema = z
  .object({
    activationId: z.string(),
    entityType: z.string(),
    entityId: z.string(),
    partner: z.string(),
    kind: z.enum(activationKinds),
    startsAt: z.string(),
    endsAt: z.string(),
    status: z.enum(activationStatuses),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Activation' })
export type ActivationView = z.infer<typeof activationViewSchema>

/** The answer that tells the partner's token: when an activation is made, and when its token is rotated. */
export const activationWithTokenSchema = activationViewSchema.extend({
  token: z.string().describe('For the partner’s link. It is kept hashed, and told only here'),
})
export type ActivationWithToken = z.infer<typeof activationWithTokenSchema>

/** The parameters of `GET /v1/partner-stats/{activationId}`. Others may stand there: mail programs add some to a link. */
export const partnerStatsQuerySchema = z.object({
  token: z.string().optional(),
  format: z.enum(['json', 'csv']).default('json'),
})

/** What a partner sees: the numbers of the entity within the activation's span. Rates are percentages of the views. */
export const partnerStatsSchema = z.object({
  activationId: z.string(),
  entityType: z.string(),
  entityId: z.string(),
  kind: z.enum(activationKinds),
  startsAt: z.string(),
  endsAt: z.string(),
  views: z.int(),
  outboundClicks: z.int(),
  calendarAdds: z.int(),
  outboundRate: z.number(),
  calendarRate: z.number(),
})
export type PartnerStats = z.infer<typeof partnerStatsSchema>
