import type { EntityEventOptions, EntityOf, EventTypeOf, MaybeOptions, Plan, TrackOptions } from '@tallymark/schemas'
import type { DropCounts } from './drops.ts'

/** The plan of a tracker that was given none: any event type, entity type, surface and props. */
export interface OpenPlan {
  readonly name: string
  readonly open: true
  // biome-ignore lint/complexity/noBannedTypes: a plan that declares nothing, but takes everything
  readonly entities: {}
  // biome-ignore lint/complexity/noBannedTypes: a plan that declares nothing, but takes everything
  readonly events: {}
}

/** What `trackView` and `trackClick` take: nothing at all when the plan has no such event type. */
export type EntityEventArguments<P extends Plan, E extends string> =
  E extends EventTypeOf<P>
    ? [entity: EntityOf<P, E>, ...options: MaybeOptions<EntityEventOptions<P, E>>]
    : [entity: never]

/**
 * Records what happens on a page. None of its methods throws, and none waits for the network.
 *
 * @typeParam P - the type of the tracking plan: names, entities, surfaces and props that it does not know do not compile
 */
export interface Tracker<P extends Plan = OpenPlan> {
  /**
   * Records an event of any type.
   *
   * @example
   * tracker.track('save', { entity: { type: 'project', id: 42 }, surface: 'explore' })
   */
  track<E extends EventTypeOf<P> & string>(eventType: E, ...options: MaybeOptions<TrackOptions<P, E>>): void

  /**
   * Records that an entity was viewed: the event type `view`.
   *
   * @example
   * tracker.trackView({ type: 'project', id: 42 }, { surface: 'explore', durationMs: 12_000 })
   */
  trackView(...viewed: EntityEventArguments<P, 'view'>): void

  /**
   * Records that an entity was clicked: the event type `click`.
   *
   * @example
   * tracker.trackClick({ type: 'project', id: 42 }, { surface: 'explore_trending', position: 3 })
   */
  trackClick(...clicked: EntityEventArguments<P, 'click'>): void

  /**
   * Says who is signed in, by a token that your server made (`tallymark token` makes one to try out); null when nobody
   * is any more. Events keep the identity they were made under: those of a user wait for a token of that user and hold
   * nobody else's up. The token is never stored; call this on every page.
   *
   * @example
   * const { userToken } = await (await fetch('/me')).json()
   * tracker.identify(userToken)
   */
  identify(userToken: string | null): void

  /**
   * Forgets the user, the anonymous id and the session, as for the next person at this browser. Events that wait for
   * delivery remain those of whoever made them.
   *
   * @example
   * signOutButton.addEventListener('click', () => tracker.reset())
   */
  reset(): void

  /**
   * Sends what waits, unless the collector asked for a pause. There is no need to call it before leaving a page.
   *
   * @returns a promise that is fulfilled, never rejected, after the attempt
   * @example
   * await tracker.flush()
   */
  flush(): Promise<void>

  /** The device, as events name it: the same on every page until {@link Tracker.reset}. Undefined on a server. */
  readonly anonymousId: string | undefined

  /** How many events this page gave up, by reason. */
  readonly drops: Readonly<DropCounts>
}
