import type { EntityTypeOf, Plan, PlanSchema } from './plan.ts'

/** The input type of a Standard Schema, whichever library it comes from. */
type InputOf<S> = S extends { readonly '~standard': { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : never
  : never

type Declared<P extends Plan, E extends string> = P['events'][E]

type DeclaredEntityTypes<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly on: readonly (infer T extends string)[] } ? T : EntityTypeOf<P>

/** An entity that an event type acts on. */
export interface EntityRef<Type extends string = string> {
  type: Type
  id: string | number
}

type MetadataOf<P extends Plan, T extends string> = P['entities'][T] extends {
  readonly metadata: infer S extends PlanSchema
}
  ? InputOf<S>
  : Record<string, unknown>

type WithMetadata<P extends Plan, E extends string> = { metadata?: MetadataOf<P, DeclaredEntityTypes<P, E>> }

/** The props of an event type: what its schema takes, and the metadata of the entity it acts on. */
export type PropsOf<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly props: infer S extends PlanSchema }
    ? InputOf<S> & WithMetadata<P, E>
    : Record<string, unknown> & WithMetadata<P, E>

type SurfaceOf<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly surfaces: readonly (infer S extends string)[] } ? S : string

type EntityRequired<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly entityOptional: true }
    ? false
    : Declared<P, E> extends { readonly on: unknown }
      ? true
      : false

type SurfaceRequired<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly defaultSurface: string }
    ? false
    : Declared<P, E> extends { readonly surfaces: readonly string[] }
      ? true
      : false

type PropsRequired<P extends Plan, E extends string> = Record<never, never> extends PropsOf<P, E> ? false : true

type PositionRequired<P extends Plan, E extends string> =
  Declared<P, E> extends { readonly requires: readonly (infer F)[] } ? ('position' extends F ? true : false) : false

type Field<Key extends string, Value, Required extends boolean> = Required extends true
  ? { [K in Key]: Value }
  : { [K in Key]?: Value }

/** What may be said of an event in every plan. */
export interface CommonOptions {
  /** Watch, read or view time that this event adds, in milliseconds. */
  durationMs?: number
  /** On a view: it reached the end. */
  completed?: boolean
  /** When it happened, if that was not now. */
  occurredAt?: Date | string | number
}

/** What a view or a click of a plan takes beside its entity. */
export type EntityEventOptions<P extends Plan, E extends string> = CommonOptions &
  // 0-indexed place in a list.
  Field<'position', number, PositionRequired<P, E>> &
  Field<'surface', SurfaceOf<P, E>, SurfaceRequired<P, E>> &
  Field<'props', PropsOf<P, E>, PropsRequired<P, E>>

/** What an event type of a plan takes: a wrong entity type, surface or prop does not compile. */
export type TrackOptions<P extends Plan, E extends string> = EntityEventOptions<P, E> &
  Field<'entity', EntityRef<DeclaredEntityTypes<P, E>>, EntityRequired<P, E>>

/** An entity that an event type of a plan acts on. */
export type EntityOf<P extends Plan, E extends string> = EntityRef<DeclaredEntityTypes<P, E>>

/** Options that may be left out altogether where nothing in them is required. */
export type MaybeOptions<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options]
