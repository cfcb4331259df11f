/**
 * What must not compile. The type check is the test: an `@ts-expect-error` over a line that compiles is itself
 * an error.
 */
import { z } from 'zod'
import { plan as eventListings } from '../../../examples/event-listings/plan.ts'
import { plan as musicDiscovery } from '../../../examples/music-discovery/plan.ts'
import { plan as projectShowcase } from '../../../examples/project-showcase/plan.ts'
import { plan as rightsMarketplace } from '../../../examples/rights-marketplace/plan.ts'
import type { plan as videoExplore } from '../../../examples/video-explore/plan.ts'
import {
  definePlan,
  type EntityEventOptions,
  type EntityOf,
  type EventTypeOf,
  generalPlan,
  type Plan,
} from './index.ts'
import type { MaybeOptions, TrackOptions } from './plan-types.ts'

/** A tracker reduced to its types: the signature that the SDK gives its `track`. */
declare function trackerOf<P extends Plan>(
  plan: P,
): {
  track<E extends EventTypeOf<P>>(eventType: E, ...options: MaybeOptions<TrackOptions<P, E>>): void
  trackView(entity: EntityOf<P, 'view'>, ...options: MaybeOptions<EntityEventOptions<P, 'view'>>): void
}

declare function assertSame<A, B>(
  same: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false,
): void

export function eventNames() {
  assertSame<
    EventTypeOf<typeof eventListings>,
    'click' | 'outbound_click' | 'calendar_sync' | 'search' | 'filter_apply' | 'filter_clear'
  >(true)
  assertSame<EventTypeOf<typeof videoExplore>, 'view' | 'save' | 'share' | 'click' | 'skip' | 'complete'>(true)
  assertSame<'post_engagement_milestone' extends EventTypeOf<typeof rightsMarketplace> ? true : false, true>(true)
  assertSame<string extends EventTypeOf<typeof rightsMarketplace> ? true : false, false>(true)
  assertSame<string extends EventTypeOf<typeof musicDiscovery> ? true : false, false>(true)

  const { track } = trackerOf(eventListings)
  track('calendar_sync', { entity: { type: 'event', id: 1 } })
  // @ts-expect-error: no such event type
  track('calendar_synk', { entity: { type: 'event', id: 1 } })
  const rights = trackerOf(rightsMarketplace)
  rights.track('user_signed_up')
  // @ts-expect-error: no such event type among the 79
  rights.track('user_signed_in')
}

export function entities() {
  const { track } = trackerOf(eventListings)
  // @ts-expect-error: it acts on events only
  track('click', { entity: { type: 'venue', id: 1 } })
  // @ts-expect-error: it acts on an entity
  track('click', {})
  // @ts-expect-error: it acts on an entity
  track('click')
  // @ts-expect-error: an entity has an id
  track('click', { entity: { type: 'event' } })
  // @ts-expect-error: an id is text or a number
  track('click', { entity: { type: 'event', id: true } })

  const music = trackerOf(musicDiscovery)
  music.track('swipe', { entity: { type: 'playlist', id: 'p1' } })
  // @ts-expect-error: no such entity type
  music.track('swipe', { entity: { type: 'film', id: 'f1' } })

  const rights = trackerOf(rightsMarketplace)
  rights.track('page_viewed')
  rights.track('page_viewed', { entity: { type: 'category', id: 7 } })
  // @ts-expect-error: no such entity type
  rights.track('page_viewed', { entity: { type: 'film', id: 7 } })
}

export function surfacesAndPositions() {
  const { track, trackView } = trackerOf(projectShowcase)
  const entity = { type: 'project', id: 42 } as const
  trackView(entity)
  trackView(entity, { surface: 'embed' })
  // @ts-expect-error: a view does not happen there
  trackView(entity, { surface: 'related' })
  track('click', { entity, surface: 'related', position: 0 })
  // @ts-expect-error: a click does not happen there
  track('click', { entity, surface: 'embed', position: 0 })
  // @ts-expect-error: there is no default surface
  track('click', { entity, position: 0 })
  // @ts-expect-error: the plan insists on the position
  track('click', { entity, surface: 'related' })
  // @ts-expect-error: a position is a number
  track('click', { entity, surface: 'related', position: '3' })
}

export function props() {
  const { track } = trackerOf(rightsMarketplace)
  track('asset_viewed', { props: { view_duration_ms: 1200, zoom: 2 } })
  // @ts-expect-error: a required prop
  track('asset_viewed', { props: { zoom: 2 } })
  // @ts-expect-error: a required prop, and no props at all
  track('asset_viewed', {})
  // @ts-expect-error: a required prop, and no options at all
  track('asset_viewed')
  // @ts-expect-error: a number
  track('asset_viewed', { props: { view_duration_ms: '1200' } })
  track('payout_completed', { props: { amount_cents: 100, payment_method: 'card' } })
  // @ts-expect-error: two required props
  track('payout_completed', { props: { amount_cents: 100 } })
  track('post_cta_clicked', { props: { cta_type: 'footer', cta_url: '/pricing' } })
  // @ts-expect-error: two required props
  track('post_cta_clicked', { props: { cta_url: '/pricing' } })
}

export function metadata() {
  const { track } = trackerOf(
    definePlan({
      name: 'reviews',
      entities: { review: { metadata: z.looseObject({ rating: z.number() }) }, film: {} },
      events: { review: { on: ['review'] }, watch: { on: ['film'] } },
    }),
  )
  const entity = { type: 'review', id: 1 } as const
  track('review', { entity })
  track('review', { entity, props: { metadata: { rating: 5 } } })
  // @ts-expect-error: a rating is a number
  track('review', { entity, props: { metadata: { rating: 'five' } } })
  track('watch', { entity: { type: 'film', id: 1 }, props: { metadata: { anything: true } } })
}

export function openPlan() {
  const { track, trackView } = trackerOf(generalPlan)
  track('anything_at_all')
  track('anything_at_all', { entity: { type: 'whatever', id: 1 }, props: { free: [1, 2] } })
  trackView({ type: 'project', id: 42 }, { surface: 'explore' })
  track('search', { props: { query: 'jazz' } })
  // @ts-expect-error: what an open plan declares, it holds to
  track('search', { props: { query: 7 } })
  // @ts-expect-error: a view acts on an entity
  track('view')
}

export function declarations() {
  definePlan({
    name: 'p',
    entities: { film: {} },
    // @ts-expect-error: it acts on an entity type that the plan does not have
    events: { watch: { on: ['flim'] } },
  })
  definePlan({
    name: 'p',
    entities: {},
    // @ts-expect-error: no such role
    events: { watch: { role: 'watch' } },
  })
  definePlan({
    name: 'p',
    entities: {},
    // @ts-expect-error: a duration has a unit
    events: { watch: { dedupe: { window: '5', by: ['viewer'] } } },
  })
  const shop = { name: 'p', entities: { film: {} }, events: { watch: { on: ['film'] }, save: {} } } as const
  const watch = { eventType: 'watch', entityType: 'film', surface: 'list' } as const
  definePlan({ ...shop, funnels: { f: { steps: [watch, { eventType: 'save' }], windowMs: 1 } } })
  definePlan({ ...shop, funnels: { f: { steps: [{ eventType: 'session_start' }, watch], windowMs: 1 } } })
  // @ts-expect-error: a step of an event type that the plan does not have
  definePlan({ ...shop, funnels: { f: { steps: [watch, { eventType: 'sav' }], windowMs: 1 } } })
  // @ts-expect-error: a step on an entity type that the plan does not have
  definePlan({ ...shop, funnels: { f: { steps: [watch, { eventType: 'watch', entityType: 'flim' }], windowMs: 1 } } })
  // @ts-expect-error: a funnel has a window
  definePlan({ ...shop, funnels: { f: { steps: [watch, { eventType: 'save' }] } } })
  definePlan({ ...shop, open: true, funnels: { f: { steps: [watch, { eventType: 'anything' }], windowMs: 1 } } })
}
