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
  /** For whom it is. */
  partner: partnerSchema,
  kind: z.enum(activationKinds),
  /** Half-open: an event at `endsAt` is not in it. */
  startsAt: instantSchema,
  endsAt: instantSchema,
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
export interface ActivationView {
  activationId: string
  entityType: string
  entityId: string
  partner: string
  kind: ActivationKind
  startsAt: string
  endsAt: string
  status: ActivationStatus
  createdAt: string
}

/** The answer that tells the partner's token: when an activation is made, and when its token is rotated. */
export interface ActivationWithToken extends ActivationView {
  /** For `GET /v1/partner-stats/{activationId}?token=`. It is kept hashed, and told only here. */
  token: string
}

/** The parameters of `GET /v1/partner-stats/{activationId}`. Others may stand there: mail programs add some to a link. */
export const partnerStatsQuerySchema = z.object({
  token: z.string().optional(),
  format: z.enum(['json', 'csv']).default('json'),
})

/** What a partner sees: the numbers of the entity within the activation's span. Rates are percentages of the views. */
export interface PartnerStats {
  activationId: string
  entityType: string
  entityId: string
  kind: ActivationKind
  startsAt: string
  endsAt: string
  views: number
  outboundClicks: number
  calendarAdds: number
  outboundRate: number
  calendarRate: number
}
