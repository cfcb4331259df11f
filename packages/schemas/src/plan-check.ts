import { z } from 'zod'
import { durationMs } from './duration.ts'
import { entityTypeSchema, eventTypeSchema } from './event.ts'
import { limits } from './limits.ts'
import { dedupeFields, type PlanSchema, roles } from './plan.ts'

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
  dedupe: dedupeSchema.optional(),
  role: z.enum(roles).optional(),
  public: z.boolean().optional(),
  pixel: z.boolean().optional(),
  serverOnly: z.boolean().optional(),
  durationFrom: z.string().min(1).optional(),
})

const planSchema = z.strictObject({
  name: z.string().min(1).max(64),
  open: z.boolean().optional(),
  entities: z.record(
    entityTypeSchema,
    z.strictObject({ registered: z.boolean().optional(), metadata: schema.optional() }),
  ),
  events: z.record(eventTypeSchema, eventDeclarationSchema),
})

type CheckedPlan = z.infer<typeof planSchema>

/** Everything that is wrong in a plan, in the order in which it stands there; empty for a good plan. */
export function checkPlan(plan: unknown): PlanFault[] {
  const parsed = planSchema.safeParse(plan)
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => describe(issue))
  return Object.entries(parsed.data.events).flatMap(([type, event]) =>
    checkReferences(type, event, parsed.data).map((fault) => ({ ...fault, path: `events.${type}.${fault.path}` })),
  )
}

/** What shape alone cannot tell: names that must stand elsewhere in the plan, and settings that contradict. */
function checkReferences(_type: string, event: CheckedPlan['events'][string], plan: CheckedPlan): PlanFault[] {
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

function describe(issue: z.core.$ZodIssue): PlanFault[] {
  const path = issue.path.map(String)
  const at = (...more: string[]) => [...path, ...more].join('.') || 'plan'
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: at(key), message: 'is not a setting of a plan' }))
  }
  if (issue.code === 'invalid_union') {
    const closest = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0] ?? []
    return closest.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }))
  }
  if (issue.code === 'invalid_key') {
    return [{ path: at(), message: issue.issues[0]?.message ?? 'is not a valid name' }]
  }
  return [{ path: at(), message: lowerFirst(issue.message) }]
}

const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map((issue) => issue.path.length))
const list = (names: readonly string[]) => names.join(', ') || 'there are none'
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
