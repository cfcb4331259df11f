import { z } from 'zod'
import * as limits from './limits.ts'
import { plainText } from './plain-text.ts'
import { checkProps } from './props.ts'

/** An event type or entity type: lower-case letters, digits and underscores, a letter first. */
const name = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(limits.namePattern, 'use lower-case letters, digits and underscores, beginning with a letter')

/** An entity's id: text without control characters, or a safe integer, which is kept as its decimal text. */
export const entityIdSchema = z.union([plainText(limits.maxEntityIdLength), z.int()], {
  error: 'must be a string or an integer',
})

export const eventTypeSchema = name(limits.maxEventTypeLength)
export const entityTypeSchema = name(limits.maxEntityTypeLength)

/** An instant: ISO 8601 with a zone, or milliseconds since the epoch. */
export const instantSchema = z.union([
  z.iso.datetime({ offset: true, error: 'must be ISO 8601 with a zone, or milliseconds since 1970' }),
  z.number().min(-8.64e15).max(8.64e15),
])

/** Milliseconds since the epoch of a value that passed {@link instantSchema}. */
export function toEpochMs(instant: string | number): number {
  return typeof instant === 'number' ? Math.round(instant) : Date.parse(instant)
}

/** The channel that sent an event. A write key may name `web` and `mobile` only. */
export const sources = ['web', 'api', 'mobile', 'system', 'webhook'] as const
export type Source = (typeof sources)[number]

const httpUrl = z
  .string()
  .max(limits.maxUrlLength)
  .refine((url) => url === '' || (/^https?:\/\//i.test(url) && URL.canParse(url)), 'must be an http(s) URL or empty')

const attributionText = z.string().max(limits.maxAttributionLength)

/** One touch: how the visitor arrived. */
export const attributionSchema = z
  .strictObject({
    utmSource: attributionText.optional(),
    utmMedium: attributionText.optional(),
    utmCampaign: attributionText.optional(),
    utmTerm: attributionText.optional(),
    utmContent: attributionText.optional(),
    referrer: httpUrl.optional(),
    landingPage: httpUrl.optional(),
    clickId: attributionText.optional(),
    clickIdType: z.string().max(32).regex(limits.namePattern).optional(),
  })
  .meta({ id: 'Attribution' })
export type Attribution = z.infer<typeof attributionSchema>

/** The page and the device an event was made on. */
export const contextSchema = z
  .strictObject({
    path: z.string().max(limits.maxPathLength).optional(),
    title: z.string().max(limits.maxTitleLength).optional(),
    locale: z.string().max(35).optional(),
    timezone: z.string().max(64).optional(),
    screenWidth: z.int().min(0).max(100_000).optional(),
    screenHeight: z.int().min(0).max(100_000).optional(),
    consent: z.enum(['granted', 'cookieless']).optional(),
    webdriver: z.boolean().optional().describe('A program drives the browser, as navigator.webdriver says'),
    sdk: z.strictObject({ name: z.string().max(64), version: z.string().max(32) }).optional(),
  })
  .meta({ id: 'Context' })
export type Context = z.infer<typeof contextSchema>

/**
 * `props` as free data: checked by a predicate, which costs half of what a recursive schema does. What a plan
 * says of them is checked after it.
 */
export const propsSchema = z
  .custom<Record<string, unknown>>()
  .check((ctx) => {
    const fault = checkProps(ctx.value)
    if (fault) ctx.issues.push({ ...fault, input: ctx.value })
  })
  .meta({
    type: 'object',
    description: `Free data: ${limits.maxPropsBytes} bytes as JSON and ${limits.maxPropsDepth} levels at most`,
  })

/** One event as it stands on the wire, version 1. Unknown keys are refused, so that typos surface. */
export const eventSchema = z
  .strictObject({
    eventType: eventTypeSchema.describe('Declared in the tracking plan, unless the plan is open'),
    entityType: entityTypeSchema.optional().describe('What it happened to'),
    entityId: entityIdSchema.optional(),
    sessionId: z.guid().optional(),
    anonymousId: z.guid().optional(),
    source: z.enum(sources).optional().describe('The channel; a write key may say web and mobile'),
    surface: plainText(limits.maxSurfaceLength).optional().describe('The place in the product'),
    position: z.int().min(0).max(limits.maxPosition).optional().describe('Place in a list, from 0'),
    durationMs: z.number().min(0).max(limits.maxDurationMs).optional().describe('Time that this event adds'),
    completed: z.boolean().optional().describe('A view that reached the end'),
    props: propsSchema.optional(),
    attribution: attributionSchema.optional(),
    context: contextSchema.optional(),
    occurredAt: instantSchema.optional().describe('ISO 8601 with a zone, or milliseconds since 1970; default: now'),
    idempotencyKey: z.guid().optional().describe('The event’s id, for good'),
    actorId: plainText(limits.maxActorIdLength)
      .optional()
      .describe('Who acted: only a server may say it, a browser sends a user token'),
    actorType: z.string().min(1).max(64).optional(),
  })
  .meta({ id: 'Event' })
export type EventInput = z.infer<typeof eventSchema>

export const sentAtSchema = instantSchema.describe(
  'When the client sent it; tells the collector how far the client’s clock is off',
)

export const userTokenSchema = z
  .string()
  .max(limits.maxUserTokenLength)
  .describe('Who acts, for beacons, which carry no headers')

/** The body of `POST /v1/track` beside the event's own fields. */
export const trackEnvelopeSchema = z.looseObject({
  sentAt: sentAtSchema.optional(),
  userToken: userTokenSchema.optional(),
})
