import type { EntityOf, EntityRef, EventTypeOf, MaybeOptions, Plan, PropsOf, TrackOptions } from '@tallymark/schemas'
import type { EventOptions } from '../event.ts'
import type { EntityEventArguments, Tracker } from '../tracker-types.ts'
import type { AnyTracker } from './parts/plugin-types.ts'

// What the signatures of all plugins are made of, so that whoever exports something made of them can name it.
export type {
  CommonOptions,
  EntityOf,
  EntityRef,
  EventTypeOf,
  MaybeOptions,
  Plan,
  PropsOf,
  TrackOptions,
} from '@tallymark/schemas'
export type { EntityEventArguments } from '../tracker-types.ts'
export type { AnyTracker, Named, PageOptions, PluginOptions, Stop, Usual } from './parts/plugin-types.ts'

/** The actions that everybody has, and the event type of each. */
const usual = {
  view: 'view',
  click: 'click',
  like: 'like',
  unlike: 'unlike',
  save: 'save',
  unsave: 'unsave',
  share: 'share',
  follow: 'follow',
  unfollow: 'unfollow',
  complete: 'complete',
  skip: 'skip',
  impression: 'impression',
  outbound: 'outbound',
  calendar: 'calendar',
} as const
const usualFinding = { trackSearch: 'search', trackFilter: 'filter', trackFilterClear: 'filter_clear' } as const

/** Actions and the event types that they record. */
export type ActionTypes<P extends Plan> = Readonly<Record<string, EventTypeOf<P>>>

type TypeOf<Types, Name extends string, Default> = Name extends keyof Types ? Types[Name] & string : Default & string

interface Found extends EventOptions {
  resultsCount?: number
  filters?: Record<string, unknown>
}

/** Beside what the helper says itself: what is left of the event. */
type Rest<P extends Plan, E extends string> = Omit<TrackOptions<P, E>, 'props'> & { props?: Partial<PropsOf<P, E>> }

type Finding<P extends Plan, E extends string, Said extends unknown[], More = unknown> =
  E extends EventTypeOf<P> ? (...given: [...Said, ...MaybeOptions<Rest<P, E> & More>]) => void : never

type OnEntity<P extends Plan, E extends string> = (...acted: EntityEventArguments<P, E>) => void

type Toggle<P extends Plan, E extends string> =
  E extends EventTypeOf<P>
    ? (entity: EntityOf<P, E>, on: boolean, options?: Partial<TrackOptions<P, E>>) => void
    : never

/** One-line functions, one for each action. An action whose event type the plan does not have cannot be called. */
export type Actions<P extends Plan, Types> = {
  readonly [Name in keyof typeof usual | Exclude<keyof Types & string, keyof typeof usualFinding>]: OnEntity<
    P,
    TypeOf<Types, Name, Name>
  >
} & {
  /** Records that somebody searched, and how much was found: none is worth knowing. */
  readonly trackSearch: Finding<
    P,
    TypeOf<Types, 'trackSearch', 'search'>,
    [query: string],
    Pick<Found, 'resultsCount' | 'filters'>
  >
  /** Records that a filter was set. */
  readonly trackFilter: Finding<P, TypeOf<Types, 'trackFilter', 'filter'>, [filter: string, value?: unknown]>
  /** Records that a filter was taken away. */
  readonly trackFilterClear: Finding<P, TypeOf<Types, 'trackFilterClear', 'filter_clear'>, [filter?: string]>
  /** Records `like`, or `unlike` when it is not on any more. */
  readonly toggleLike: Toggle<P, TypeOf<Types, 'like', 'like'>>
  /** Records `follow`, or `unfollow` when it is not on any more. */
  readonly toggleFollow: Toggle<P, TypeOf<Types, 'follow', 'follow'>>
}

/**
 * Makes a one-line function for each action: `view click like unlike save unsave share follow unfollow complete skip
 * impression outbound calendar`, each with an entity; `trackSearch`, `trackFilter`, `trackFilterClear`; `toggleLike` and
 * `toggleFollow`. The functions may be taken out of the object.
 *
 * @param types - the event types of actions that the plan calls otherwise, and more actions of your own
 * @example
 * const { calendar, swipe, toggleLike, trackSearch } = createActions(tracker, { calendar: 'calendar_sync', swipe: 'swipe' })
 * calendar({ type: 'event', id: 'e-1' }, { surface: 'feed' })
 * toggleLike({ type: 'event', id: 'e-1' }, true)
 * trackSearch('jazz', { resultsCount: 0, filters: { city: 'Ghent' } })
 */
export function createActions<P extends Plan, const Types extends ActionTypes<P> = Record<never, never>>(
  tracker: AnyTracker<P>,
  types?: Types,
): Actions<P, Types> {
  const names: Record<string, string> = { ...usual, ...usualFinding, ...types }
  const record = (name: string, said: EventOptions) => (tracker as Tracker).track(names[name] ?? name, said)
  const actions: Record<string, unknown> = {}
  for (const name of Object.keys(names)) {
    actions[name] = (entity: EntityRef, said?: EventOptions) => record(name, { ...said, entity })
  }
  const toggle = (on: string, off: string) => (entity: EntityRef, isOn: boolean, said?: EventOptions) =>
    record(isOn ? on : off, { ...said, entity })

  return Object.assign(actions, {
    trackSearch: (query: string, { resultsCount, filters, props, ...said }: Found = {}) =>
      record('trackSearch', { ...said, props: { query, resultsCount, filters, ...props } }),
    trackFilter: (filter: string, value?: unknown, { props, ...said }: EventOptions = {}) =>
      record('trackFilter', { ...said, props: { filter, value, ...props } }),
    trackFilterClear: (filter?: string, { props, ...said }: EventOptions = {}) =>
      record('trackFilterClear', { ...said, props: { filter, ...props } }),
    toggleLike: toggle('like', 'unlike'),
    toggleFollow: toggle('follow', 'unfollow'),
  }) as unknown as Actions<P, Types>
}
