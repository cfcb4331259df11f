import { clientErrorPropsSchema, clientErrorType } from './client-error.ts'
import { durationMs } from './duration.ts'
import type { DedupeField, EntityDeclaration, EventDeclaration, FunnelDeclaration, Plan } from './plan.ts'
import { checkPlan, type PlanFault } from './plan-check.ts'
import { sessionEndType, sessionStartType } from './session.ts'

/** A dedupe rule ready for use. */
export interface DedupeRule {
  windowMs: number
  by: readonly DedupeField[]
}

/** An event type as the collector uses it: everything that the plan leaves open is settled. */
export interface CompiledEvent extends Omit<EventDeclaration, 'dedupe'> {
  readonly type: string
  /** `undefined`: the plan has no rule of its own. */
  readonly dedupe: DedupeRule | 'none' | undefined
}

export interface CompiledPlan {
  readonly name: string
  readonly open: boolean
  /** The declaration of an event type; undefined when the plan does not take it. */
  event(type: string): CompiledEvent | undefined
  /** The declaration of an entity type; undefined when the plan does not take it. */
  entity(type: string): EntityDeclaration | undefined
  /** The event types and entity types that it declares; an open plan takes others, too. */
  readonly eventTypes: readonly string[]
  readonly entityTypes: readonly string[]
  /** Entity types whose entities are looked up after the events on them were taken. */
  readonly checkedEntities: readonly string[]
  /** Event types whose counts anybody may read. */
  readonly publicEvents: readonly string[]
  /** By name. */
  readonly funnels: ReadonlyMap<string, FunnelDeclaration>
}

/** A plan that cannot be used. `faults` has everything that is wrong in it, by path. */
export class PlanError extends Error {
  override name = 'PlanError'
  readonly faults: readonly PlanFault[]

  constructor(faults: readonly PlanFault[]) {
    super(faults.map(({ path, message }) => `${path}: ${message}`).join('\n'))
    this.faults = faults
  }
}

/**
 * Checks a plan and makes it ready for use.
 *
 * @throws {PlanError} naming everything that is wrong, by path
 */
export function compilePlan(plan: Plan): CompiledPlan {
  const faults = checkPlan(plan)
  if (faults.length > 0) throw new PlanError(faults)
  const open = plan.open ?? false
  const events = new Map(Object.entries(plan.events).map(([type, event]) => [type, compileEvent(type, event)]))
  for (const event of reserved) events.set(event.type, event)
  const entities = new Map(Object.entries(plan.entities))
  return {
    name: plan.name,
    open,
    event: (type) => events.get(type) ?? (open ? { type, dedupe: undefined } : undefined),
    entity: (type) => entities.get(type) ?? (open ? {} : undefined),
    eventTypes: Object.keys(plan.events),
    entityTypes: [...entities.keys()],
    checkedEntities: [...entities].filter(([, entity]) => entity.registered === 'checked').map(([type]) => type),
    publicEvents: [...events.values()].filter((event) => event.public).map((event) => event.type),
    funnels: new Map(Object.entries(plan.funnels ?? {})),
  }
}

const reserved: readonly CompiledEvent[] = [
  { type: clientErrorType, dedupe: 'none', props: clientErrorPropsSchema },
  { type: sessionStartType, dedupe: 'none', requires: ['sessionId'] },
  { type: sessionEndType, dedupe: 'none', requires: ['sessionId'] },
]

function compileEvent(type: string, { dedupe, ...event }: EventDeclaration): CompiledEvent {
  if (dedupe === undefined || dedupe === 'none') return { ...event, type, dedupe }
  return { ...event, type, dedupe: { windowMs: durationMs(dedupe.window) ?? 0, by: dedupe.by } }
}
