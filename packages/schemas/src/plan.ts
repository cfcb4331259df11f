import type { clientErrorType } from './client-error.ts'
import type { Duration } from './duration.ts'
import type { sessionEndType, sessionStartType } from './session.ts'

/**
 * A schema, as the plan sees it: any library of the Standard Schema kind has this face. Tallymark's own plans
 * are written with Zod.
 */
export interface PlanSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined
  }
}

/** What an event type stands for in the metrics. */
export const roles = [
  'view',
  'click',
  'like',
  'unlike',
  'save',
  'share',
  'complete',
  'skip',
  'impression',
  'outbound',
  'calendar',
  'page_view',
  'search',
  'filter',
] as const
export type Role = (typeof roles)[number]

/** What makes two events of one type the same; `second` is the second in which they occurred. */
export const dedupeFields = ['entity', 'viewer', 'session', 'surface', 'props', 'second'] as const
export type DedupeField = (typeof dedupeFields)[number]

/** Two events that agree in `by` and lie less than `window` apart are one. Repeats do not extend the window. */
export interface DedupeWindow {
  readonly window: Duration
  readonly by: readonly DedupeField[]
}

/** Fields of an event that a plan may insist on. */
export const requirableFields = ['position', 'sessionId'] as const
export type RequirableField = (typeof requirableFields)[number]

export interface EntityDeclaration {
  /**
   * Only entities that were put with the secret key exist. `true`: an event on any other is answered 404. `'checked'`:
   * it is taken, and what it names is looked up later; `GET /v1/admin/unregistered` lists what was not found.
   */
  readonly registered?: boolean | 'checked'
  /** Checks `props.metadata` of the events on such an entity, and the entity's own metadata. */
  readonly metadata?: PlanSchema
}

export interface EventDeclaration<EntityType extends string = string> {
  /** The entity types it acts on. With it an event must name its entity, unless `entityOptional`. */
  readonly on?: readonly EntityType[] | 'any'
  readonly entityOptional?: boolean
  /** Checks `props`. A required key of it is a required prop. */
  readonly props?: PlanSchema
  /** The places in the product where it happens; with none, any surface is taken. */
  readonly surfaces?: readonly string[]
  /** The surface of an event that names none. Where there are surfaces and no default, an event must name one. */
  readonly defaultSurface?: string
  /** Fields without which an event is refused. */
  readonly requires?: readonly RequirableField[]
  /**
   * When a second event is the same one again. `'none'`: never. Without a rule, events that carry no idempotency
   * key are one when everything about them agrees to the second.
   */
  readonly dedupe?: 'none' | DedupeWindow
  readonly role?: Role
  /** Its counts may be read with the write key, by anybody. */
  readonly public?: boolean
  /** It may be sent from an image (`GET /v1/pixel.gif`). */
  readonly pixel?: boolean
  /** Only the secret key may send it. */
  readonly serverOnly?: boolean
  /** The prop, in milliseconds, to take as `durationMs` when the event has none. */
  readonly durationFrom?: string
}

/** A step of a funnel: an event of a type, where it says so on an entity of a type, at a place in the product. */
export interface FunnelStepDeclaration<EventType extends string = string, EntityType extends string = string> {
  readonly eventType: EventType
  readonly entityType?: EntityType
  readonly surface?: string
}

/** Steps that viewers go through, one after the other. */
export interface FunnelDeclaration<EventType extends string = string, EntityType extends string = string> {
  /** Two to ten of them. */
  readonly steps: readonly FunnelStepDeclaration<EventType, EntityType>[]
  /** How long after the first step the last one counts, in milliseconds. */
  readonly windowMs: number
}

/** A tracking plan: which events exist, what they act on, and what is counted of them. */
export interface Plan {
  readonly name: string
  /** Takes event types and entity types that it does not declare, too. */
  readonly open?: boolean
  readonly entities: Readonly<Record<string, EntityDeclaration>>
  readonly events: Readonly<Record<string, EventDeclaration>>
  /** Up to eight funnels, by name: `GET /v1/reports/funnel` answers them at once, for days are summed up for them. */
  readonly funnels?: Readonly<Record<string, FunnelDeclaration>>
}

type EventsOf<P extends Plan> = {
  readonly [E in keyof P['events']]: EventDeclaration<Extract<keyof P['entities'], string>> & P['events'][E]
}

/** An open plan takes any name, and still offers the ones that it declares. */
type NameOf<P extends Plan, K> = P extends { readonly open: true } ? K | (string & {}) : K

/** The event types of a plan. */
export type EventTypeOf<P extends Plan> = NameOf<P, Extract<keyof P['events'], string>>

/** The entity types of a plan. */
export type EntityTypeOf<P extends Plan> = NameOf<P, Extract<keyof P['entities'], string>>

/** Event types that every plan takes. */
type ReservedType = typeof clientErrorType | typeof sessionStartType | typeof sessionEndType

type FunnelsOf<P extends Plan> = {
  readonly [F in keyof P['funnels']]: FunnelDeclaration<EventTypeOf<P> | ReservedType, EntityTypeOf<P>>
}

/**
 * Declares a tracking plan. It returns the plan as it is; the collector, `tallymark check` and {@link compilePlan}
 * say what is wrong in one, by path.
 *
 * @example
 * export const plan = definePlan({
 *   name: 'shop',
 *   entities: { product: {} },
 *   events: {
 *     view: { on: ['product'], role: 'view', dedupe: { window: '5m', by: ['entity', 'viewer'] } },
 *     save: { on: ['product'], role: 'save', public: true },
 *   },
 *   funnels: { wanted: { steps: [{ eventType: 'view' }, { eventType: 'save' }], windowMs: 86_400_000 } },
 * })
 */
export function definePlan<const P extends Plan>(
  plan: P & { readonly events: EventsOf<P>; readonly funnels?: FunnelsOf<P> },
): P {
  return plan
}
