import type { EntityEventOptions, EntityOf, EventTypeOf, MaybeOptions, Plan, TrackOptions } from '@tallymark/schemas'
import type { Consent, ConsentChoice } from './consent.ts'
import type { DropCounts } from './drops.ts'
import type { EventCounts } from './flush-result.ts'
import type { SessionMetrics } from './session-metrics.ts'
import type { Session } from './session-rules.ts'
import type { IdentifyOptions } from './user-token.ts'

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
   * @param options `refresh` fetches a fresh token when this one has expired or was refused
   * @example
   * const { userToken } = await (await fetch('/me')).json()
   * tracker.identify(userToken, { refresh: async () => (await fetch('/me/token')).text() })
   */
  identify(userToken: string | null, options?: IdentifyOptions): void

  /**
   * Forgets the user, the anonymous id, the session and the first touch, as for the next person at this browser. Events
   * that wait for delivery remain those of whoever made them.
   *
   * @example
   * signOutButton.addEventListener('click', () => tracker.reset())
   */
  reset(): void

  /**
   * Begins a new session, whatever the time since the last event.
   *
   * @example
   * tracker.startNewSession()
   */
  startNewSession(): void

  /**
   * How the session is going: its duration, interactions, page views and score, up to this moment and over all tabs.
   *
   * @example
   * if (tracker.getSessionMetrics().engagementScore > 60) showNewsletterForm()
   */
  getSessionMetrics(): SessionMetrics

  /**
   * Says what the visitor chose. What was held while the choice was pending is recorded or dropped now; after a step
   * back from `granted`, what was stored is removed and what waited is dropped. It is not remembered: say it on each
   * page, as consent banners do.
   *
   * @example
   * banner.addEventListener('accept', () => tracker.setConsent('granted'))
   */
  setConsent(choice: ConsentChoice): void

  /**
   * Tracks nothing any more in this browser, whatever else is chosen, until {@link optIn}. This is remembered; all else
   * that was stored is removed.
   *
   * @example
   * optOutButton.addEventListener('click', () => tracker.optOut())
   */
  optOut(): void

  /**
   * Takes {@link optOut} back: the consent is again what it would be otherwise.
   *
   * @example
   * tracker.optIn()
   */
  optIn(): void

  /**
   * Removes what is stored in this browser, drops what waits, signs out and, when a user was signed in, asks the
   * collector to erase all it has of them. Whoever goes on is a new visitor; see {@link optOut}.
   *
   * @returns a promise, never rejected: false when the collector should have erased the user and did not
   * @example
   * const done = await tracker.forgetMe()
   */
  forgetMe(): Promise<boolean>

  /**
   * Sends what waits, unless the collector asked for a pause. There is no need to call it before leaving a page.
   *
   * @returns a promise that is fulfilled, never rejected, after the attempt
   * @example
   * await tracker.flush()
   */
  flush(): Promise<void>

  /** What may be done at this moment: the visitor's choice, the browser's signals and an opt-out taken together. */
  readonly consent: Consent

  /** This browser's id; undefined on a server, and while nothing may be stored. */
  readonly anonymousId: string | undefined

  /**
   * The session: which one it is, and how the visitor came, to it and for the first time; undefined before its first
   * event, and without consent.
   */
  readonly session: Readonly<Session> | undefined

  /** How many events this page queued, and what the collector made of them. */
  readonly counts: Readonly<EventCounts>

  /** How many events this page gave up, by reason. */
  readonly drops: Readonly<DropCounts>
}
