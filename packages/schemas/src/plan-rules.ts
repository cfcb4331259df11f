import type { Rejection } from './ack.ts'
import type { CompiledEvent, CompiledPlan } from './compile-plan.ts'
import type { EventInput } from './event.ts'
import { findings, type Issue, shown } from './findings.ts'
import * as limits from './limits.ts'
import type { PlanSchema } from './plan.ts'
import type { FieldError, FieldErrorCode, ProblemCode } from './problem.ts'
import { fieldError, rejection, suggestion } from './rejection.ts'

/**
 * Checks an event, which fits {@link eventSchema}, against the plan. It changes nothing: what is stored is what was
 * sent.
 *
 * @param prefix where the event stands in the request's body: `/events/3`
 * @returns why the plan does not take the event, or undefined when it does
 */
export function checkAgainstPlan(event: EventInput, plan: CompiledPlan, prefix = ''): Rejection | undefined {
  const declaration = plan.event(event.eventType)
  if (!declaration) {
    const meant = suggestion(event.eventType, plan.eventTypes)
    const detail = `the plan '${plan.name}' has no event type '${shown(event.eventType)}'${meant}`
    return refuse('unknown_event_type', prefix, '/eventType', 'unknown_event_type', detail)
  }
  return (
    checkEntity(event, declaration, plan, prefix) ??
    checkSurface(event, declaration, prefix) ??
    checkRequired(event, declaration, prefix) ??
    checkPropsByPlan(event, declaration, prefix) ??
    checkEventMetadata(event, plan, prefix)
  )
}

/** The surface an event counts for: its own, else the one that its type declares. */
export function surfaceOf(event: EventInput, declaration: CompiledEvent): string | undefined {
  return event.surface ?? declaration.defaultSurface
}

/** The time in milliseconds that an event adds: its own, else that of the prop which its type names. */
export function durationOf(event: EventInput, declaration: CompiledEvent): number | undefined {
  if (event.durationMs !== undefined || declaration.durationFrom === undefined) return event.durationMs
  const value = event.props?.[declaration.durationFrom]
  return typeof value === 'number' && value >= 0 && value <= limits.maxDurationMs ? value : undefined
}

function checkEntity(
  { eventType, entityType, entityId }: EventInput,
  { on, entityOptional }: CompiledEvent,
  plan: CompiledPlan,
  prefix: string,
): Rejection | undefined {
  if (entityType === undefined) {
    if (entityId !== undefined) {
      const detail = 'entityType is missing: an entityId alone does not name an entity'
      return refuse('invalid_event', prefix, '/entityType', 'missing_field', detail)
    }
    if (!on || entityOptional) return undefined
    const what = `'${eventType}' acts on an entity`
    return rejection('invalid_event', [
      { pointer: `${prefix}/entityType`, code: 'missing_field', detail: `entityType is missing: ${what}` },
      { pointer: `${prefix}/entityId`, code: 'missing_field', detail: `entityId is missing: ${what}` },
    ])
  }
  if (!plan.entity(entityType)) {
    const meant = suggestion(entityType, plan.entityTypes)
    const detail = `the plan '${plan.name}' has no entity type '${shown(entityType)}'${meant}`
    return refuse('unknown_entity_type', prefix, '/entityType', 'unknown_entity_type', detail)
  }
  if (entityId === undefined) {
    const detail = 'entityId is missing: an entityType alone does not name an entity'
    return refuse('invalid_event', prefix, '/entityId', 'missing_field', detail)
  }
  if (on && on !== 'any' && !on.includes(entityType)) {
    const detail = `'${eventType}' does not act on '${entityType}': entityType must be one of ${on.join(', ')}`
    return refuse('invalid_event', prefix, '/entityType', 'invalid_value', detail)
  }
  return undefined
}

function checkSurface(event: EventInput, declaration: CompiledEvent, prefix: string): Rejection | undefined {
  const { surfaces } = declaration
  if (!surfaces) return undefined
  const surface = surfaceOf(event, declaration)
  if (surface !== undefined && surfaces.includes(surface)) return undefined
  const choice = `'${event.eventType}' happens on one of ${surfaces.join(', ')}`
  return surface === undefined
    ? refuse('invalid_event', prefix, '/surface', 'missing_field', `surface is missing: ${choice}`)
    : refuse('invalid_event', prefix, '/surface', 'invalid_value', `surface is '${shown(surface)}': ${choice}`)
}

function checkRequired(event: EventInput, { requires }: CompiledEvent, prefix: string): Rejection | undefined {
  const absent = requires?.filter((field) => event[field] === undefined)
  if (!absent?.length) return undefined
  return rejection(
    'invalid_event',
    absent.map((field) => ({
      pointer: `${prefix}/${field}`,
      code: 'missing_field' as const,
      detail: `${field} is missing: '${event.eventType}' requires it`,
    })),
  )
}

const noProps = {}

function checkPropsByPlan(event: EventInput, { props: schema }: CompiledEvent, prefix: string): Rejection | undefined {
  if (!schema) return undefined
  const props = event.props ?? noProps
  const issues = validate(schema, props)
  if (!issues) return undefined
  // The entity's metadata travels in props and has a schema of its own: a strict schema need not name it.
  const errors = refusals(issues, props, prefix, ['props']).filter(
    (error) => error.code !== 'unrecognized_keys' || error.pointer !== `${prefix}/props/metadata`,
  )
  return errors.length > 0 ? rejection('invalid_event', errors) : undefined
}

function checkEventMetadata(
  { entityType, props }: EventInput,
  plan: CompiledPlan,
  prefix: string,
): Rejection | undefined {
  if (props?.metadata === undefined || entityType === undefined) return undefined
  return checkMetadata(entityType, props.metadata, plan, prefix, ['props', 'metadata'])
}

/**
 * Checks an entity's metadata against the schema of its type, whether an event carries it or it is put by itself.
 *
 * @param at where the metadata stands in the request's body
 */
export function checkMetadata(
  entityType: string,
  metadata: unknown,
  plan: CompiledPlan,
  prefix = '',
  at: readonly string[] = ['metadata'],
): Rejection | undefined {
  const schema = plan.entity(entityType)?.metadata
  const issues = schema && validate(schema, metadata)
  return issues && rejection('invalid_event', refusals(issues, metadata, prefix, at))
}

/** What a plan's schema finds wrong with a value, or undefined. What it makes of the value is not used. */
function validate(schema: PlanSchema, value: unknown): readonly Issue[] | undefined {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) {
    // Whatever comes of it comes too late; left alone, a failure would end the process.
    result.catch(() => {})
    throw new TypeError('A schema in the tracking plan cannot check without waiting or failing: use a synchronous one')
  }
  return (result as { issues?: readonly Issue[] }).issues
}

/** A required prop that is not there at all has a code of its own; the issues do not tell, the value does. */
function refusals(issues: readonly Issue[], value: unknown, prefix: string, at: readonly string[]): FieldError[] {
  return findings(issues).map((finding) => {
    const absent = finding.path.length > 0 && valueAt(value, finding.path) === undefined
    return fieldError({ ...finding, path: [...at, ...finding.path] }, prefix, absent ? 'missing_prop' : undefined)
  })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((inside, key) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}

function refuse(code: ProblemCode, prefix: string, at: string, field: FieldErrorCode, detail: string): Rejection {
  return { code, detail, errors: [{ pointer: prefix + at, code: field, detail }] }
}
