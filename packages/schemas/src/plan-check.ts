import { z } from 'zod'
import { clientErrorType } from './client-error.ts'
import { durationMs } from './duration.ts'
import { entityTypeSchema, eventTypeSchema } from './event.ts'
import { type Finding, findings } from './findings.ts'
import * as limits from './limits.ts'
import { dedupeFields, type PlanSchema, requirableFields, roles } from './plan.ts'
import { suggestion } from './rejection.ts'
import { sessionEndType, sessionStartType } from './session.ts'

/** One thing that is wrong in a plan, and where: `events.view.defaultSurface`. */
export interface PlanFault {
  path: string
  message: string
}

const schema = z.custom<PlanSchema>(
  (value) => typeof (value as Partial<PlanSchema> | undefined)?.['~standard']?.validate === 'function',
  'must be a Zod schema',
)

const dedupeSchema = z.union([
  z.literal('none'),
  z.strictObject({
    window: z.string().refine((text) => (durationMs(text) ?? 0) > 0, "must be a duration such as '60s' or '5m'"),
    by: z.array(z.enum(dedupeFields)).min(1, 'must name at least one field'),
  }),
])

const surfaceSchema = z.string().min(1).max(limits.maxSurfaceLength)

const eventDeclarationSchema = z.strictObject({
  on: z.union([z.literal('any'), z.array(z.string()).min(1, 'must name at least one entity type')]).optional(),
  entityOptional: z.boolean().optional(),
  props: schema.optional(),
  surfaces: z.array(surfaceSchema).min(1, 'must name at least one surface').optional(),
  defaultSurface: surfaceSchema.optional(),
  requires: z.array(z.enum(requirableFields)).min(1, 'must name at least one field').optional(),
  dedupe: dedupeSchema.optional(),
  role: z.enum(roles).optional(),
  public: z.boolean().optional(),
  pixel: z.boolean().optional(),
  serverOnly: z.boolean().optional(),
  durationFrom: z.string().min(1).optional(),
})

const entityDeclarationSchema = z.strictObject({
  registered: z.union([z.boolean(), z.literal('checked')], "must be true, false or 'checked'").optional(),
  metadata: schema.optional(),
})

const funnelNameSchema = eventTypeSchema

const funnelStepSchema = z.strictObject({
  eventType: z.string(),
  entityType: z.string().optional(),
  surface: surfaceSchema.optional(),
})

const funnelDeclarationSchema = z.strictObject({
  steps: z.array(funnelStepSchema).min(2, 'must be two steps at least').max(limits.maxFunnelSteps),
  windowMs: z.int().min(1).max(limits.maxFunnelWindowMs),
})

const reserved: readonly string[] = [clientErrorType, sessionStartType, sessionEndType]

const planSchema = z.strictObject({
  name: z.string().min(1).max(64),
  open: z.boolean().optional(),
  entities: z.record(entityTypeSchema, entityDeclarationSchema),
  events: z.record(
    eventTypeSchema.refine(
      (type) => !reserved.includes(type),
      `${reserved.join(', ')} are reserved: every plan takes them`,
    ),
    eventDeclarationSchema,
  ),
  funnels: z
    .record(funnelNameSchema, funnelDeclarationSchema)
    .refine(
      (funnels) => Object.keys(funnels).length <= limits.maxFunnels,
      `must be ${limits.maxFunnels} funnels at most`,
    )
    .optional(),
})

const settings = [
  planSchema,
  entityDeclarationSchema,
  eventDeclarationSchema,
  funnelDeclarationSchema,
  funnelStepSchema,
].flatMap(({ shape }) => Object.keys(shape))

type CheckedPlan = z.infer<typeof planSchema>
type FunnelStep = z.infer<typeof funnelStepSchema>

/** Everything that is wrong in a plan, in the order in which it stands there; empty for a good plan. */
export function checkPlan(plan: unknown): PlanFault[] {
  const parsed = planSchema.safeParse(plan)
  if (!parsed.success) return findings(parsed.error.issues).map(inPlan)
  const { events, funnels = {} } = parsed.data
  return [
    ...Object.entries(events).flatMap(([type, event]) => within(`events.${type}`, checkReferences(event, parsed.data))),
    ...Object.entries(funnels).flatMap(([name, { steps }]) =>
      steps.flatMap((step, n) => within(`funnels.${name}.steps.${n}`, checkStep(step, parsed.data))),
    ),
  ]
}

const within = (place: string, faults: PlanFault[]) =>
  faults.map(({ path, message }) => ({ path: `${place}.${path}`, message }))

/** What shape alone cannot tell: names that must stand elsewhere in the plan, and settings that contradict. */
function checkReferences(event: CheckedPlan['events'][string], plan: CheckedPlan): PlanFault[] {
  const faults: PlanFault[] = []
  const say = (path: string, message: string) => faults.push({ path, message })
  if (Array.isArray(event.on)) {
    for (const [index, entityType] of event.on.entries()) {
      if (!Object.hasOwn(plan.entities, entityType) && !plan.open) {
        say(`on.${index}`, `'${entityType}' is not one of the plan's entities (${list(Object.keys(plan.entities))})`)
      }
    }
  }
  if (event.entityOptional && !event.on) say('entityOptional', "says nothing without 'on'")
  if (event.defaultSurface !== undefined && event.surfaces && !event.surfaces.includes(event.defaultSurface)) {
    say('defaultSurface', `'${event.defaultSurface}' is not one of its surfaces (${list(event.surfaces)})`)
  }
  if (event.pixel && event.serverOnly) say('pixel', 'an image cannot carry the secret key that serverOnly asks for')
  return faults
}

/** Whether there can be such an event. */
function checkStep(
  { eventType, entityType, surface }: FunnelStep,
  { entities, events, open }: CheckedPlan,
): PlanFault[] {
  const event = Object.hasOwn(events, eventType) ? events[eventType] : undefined
  if (!event) {
    if (open || reserved.includes(eventType)) return []
    const hint = suggestion(eventType, Object.keys(events))
    return [{ path: 'eventType', message: `'${eventType}' is not one of the plan's events${hint}` }]
  }
  const faults: PlanFault[] = []
  const say = (path: string, message: string) => faults.push({ path, message })
  if (entityType !== undefined) {
    if (!Object.hasOwn(entities, entityType) && !open) {
      say('entityType', `'${entityType}' is not one of the plan's entities (${list(Object.keys(entities))})`)
    } else if (Array.isArray(event.on) && !event.on.includes(entityType)) {
      say('entityType', `'${eventType}' does not act on '${entityType}'`)
    }
  }
  if (surface !== undefined && event.surfaces && !event.surfaces.includes(surface)) {
    say('surface', `'${surface}' is not one of its surfaces (${list(event.surfaces)})`)
  }
  return faults
}

function inPlan({ path, code, says }: Finding): PlanFault {
  const place = path.map(String)
  const hint = code === 'unrecognized_keys' ? suggestion(place.at(-1) ?? '', settings) : ''
  const message = code === 'unrecognized_keys' ? `is not a setting of a plan${hint}` : says
  return { path: place.join('.') || 'plan', message }
}

const list = (names: readonly string[]) => names.join(', ') || 'there are none'
