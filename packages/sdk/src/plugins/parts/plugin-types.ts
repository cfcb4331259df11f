import type { EventTypeOf, Plan, TrackOptions } from '@tallymark/schemas'
import type { Tracker } from '../../tracker-types.ts'

/** A tracker of any plan, or an object with the default tracker's function: `{ track }`. */
export type AnyTracker<P extends Plan> = Tracker<P> | Pick<Tracker, 'track'>

/** Stops a plugin. What it has measured until then is recorded first. A second call does nothing. */
export type Stop = () => void

/** The event type of the usual name, where a plan has it. */
export type Usual<P extends Plan, Name extends string> = Name extends EventTypeOf<P> ? Name : never

/** Asks for the event type by name where a plan does not have the usual one. */
export type Named<E> = [E] extends [never]
  ? 'the plan has no event type of the usual name: name the one that you mean in the options'
  : unknown

/** What a plugin takes: everything that `track` takes of the event, and where the rest of it comes from. */
export type PluginOptions<P extends Plan, E extends string, Seen> = Partial<TrackOptions<P, E>> & {
  /** Records an event type of this name instead of the usual one. */
  eventType?: E
  /** Says more of an event, or other things, from what it is about. */
  describe?(seen: Seen): Partial<TrackOptions<P, E>> | undefined
}

/** What a plugin takes that tells one page of the site from the next. */
export interface PageOptions {
  /** Another fragment is another page: for routers that keep their routes there. */
  hash?: boolean
}
