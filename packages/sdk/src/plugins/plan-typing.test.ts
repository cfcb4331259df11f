import { expectTypeOf, test } from 'vitest'
import type { plan as listings } from '../../../../examples/event-listings/plan.ts'
import type { plan as music } from '../../../../examples/music-discovery/plan.ts'
import type { plan as showcase } from '../../../../examples/project-showcase/plan.ts'
import type { plan as rights } from '../../../../examples/rights-marketplace/plan.ts'
import type { plan as videos } from '../../../../examples/video-explore/plan.ts'
import { createTracker, track } from '../index.ts'
import type { Tracker } from '../tracker-types.ts'
import { createActions } from './actions.ts'
import { trackDeclared } from './declarative.ts'
import { trackEngagement } from './engagement.ts'
import { assignVariant } from './experiments.ts'
import { trackImpressions } from './impressions.ts'
import { trackLinks } from './links.ts'
import { trackPageViews } from './page-views.ts'
import type { AnyTracker, Stop } from './parts/plugin-types.ts'
import { trackScroll } from './scroll.ts'
import { surfaceFromReferrer, surfaceFromTab } from './surface.ts'
import { trackVideo } from './video.ts'

interface Trackers {
  open: Tracker
  listings: Tracker<typeof listings>
  showcase: Tracker<typeof showcase>
  videos: Tracker<typeof videos>
  music: Tracker<typeof music>
  rights: Tracker<typeof rights>
}
const event = { type: 'event', id: 'e-1' } as const
const project = { type: 'project', id: 42 } as const
const video = { type: 'video', id: 'v-1' } as const
const artist = { type: 'artist', id: 'a-1' } as const
const post = { type: 'post', id: 7 } as const
const options = { endpoint: 'https://c.example', writeKey: 'k' }

// None of these is ever called: what they say is checked by the compiler.

export function withoutPlan({ open }: Trackers, element: HTMLVideoElement): void {
  const takers = [open, { track }, createTracker(options)] satisfies AnyTracker<never>[]
  for (const tracker of takers) {
    trackImpressions(tracker)
    trackScroll(tracker)
    trackEngagement(tracker, { eventType: 'read', entity: { type: 'any', id: 1 } })
    trackVideo(tracker, element, { surface: 'anywhere' })
    trackPageViews(tracker)
    trackLinks(tracker, { eventTypes: { outbound: 'away' } })
    trackDeclared(tracker)
    expectTypeOf(assignVariant(tracker, 'button', ['a', 'b'])).toEqualTypeOf<'a' | 'b'>()
    createActions(tracker, { swipe: 'swipe' }).swipe({ type: 'any', id: 1 }, { props: { direction: 'left' } })
  }
}

export function eventListings({ listings: tracker }: Trackers): void {
  const actions = createActions(tracker, {
    calendar: 'calendar_sync',
    outbound: 'outbound_click',
    trackFilter: 'filter_apply',
  })
  actions.click(event, { surface: 'feed' })
  actions.calendar(event)
  actions.outbound(event, { position: 1 })
  actions.trackSearch('jazz', { resultsCount: 0, filters: { city: 'Ghent' }, surface: 'home' })
  actions.trackFilter('genre', 'jazz')
  actions.trackFilterClear('genre')
  actions.trackFilterClear()
  // @ts-expect-error a search has a query
  actions.trackSearch()
  // @ts-expect-error the number of results is a number
  actions.trackSearch('jazz', { resultsCount: 'none' })
  // @ts-expect-error the plan has no saves
  actions.save(event)
  // @ts-expect-error the plan has no likes
  actions.toggleLike(event, true)
  // @ts-expect-error it acts on events
  actions.calendar(project)
  // @ts-expect-error the plan has no such event type
  createActions(tracker, { calendar: 'calendar_add' })

  trackLinks(tracker, {
    eventTypes: { outbound: 'outbound_click', download: false },
    describe: () => ({ entity: event }),
  })
  // @ts-expect-error the plan has no downloads
  trackLinks(tracker, { eventTypes: { outbound: 'outbound_click' } })
  // @ts-expect-error the plan has neither
  trackLinks(tracker)
  // @ts-expect-error the plan has no impressions
  trackImpressions(tracker)
  // @ts-expect-error the plan has no page views
  trackPageViews(tracker)
}

export function projectShowcase({ showcase: tracker }: Trackers): void {
  trackImpressions(tracker)
  const stop = trackImpressions(tracker, {
    surface: 'explore_trending',
    describe: (element) => ({ entity: { type: 'project', id: element.id }, position: 3 }),
  })
  expectTypeOf(stop).toEqualTypeOf<Stop>()
  // @ts-expect-error there is no such surface
  trackImpressions(tracker, { surface: 'explore_trendy' })
  // @ts-expect-error impressions are of projects
  trackImpressions(tracker, { describe: () => ({ entity: event }) })
  // @ts-expect-error there is no such option
  trackImpressions(tracker, { visble: 0.3 })

  const { click, toggleLike } = createActions(tracker)
  click(project, { surface: 'related', position: 0 })
  toggleLike(project, false)
  // @ts-expect-error a click needs its surface and its position
  click(project)

  const referred = surfaceFromReferrer({ '/explore': 'explore', '*': 'embed' })
  expectTypeOf(referred).toEqualTypeOf<'explore' | 'embed' | undefined>()
  tracker.trackView(project, { surface: referred ?? 'direct' })
  const tab = surfaceFromTab({ forYou: 'explore_for_you', new: 'explore_new' }, 'new')
  if (tab) tracker.trackClick(project, { surface: tab, position: 0 })
  surfaceFromTab(['explore_for_you', 'explore_new'], 1)
}

export function videoExplore({ videos: tracker }: Trackers, element: HTMLVideoElement): void {
  trackVideo(tracker, element, { entity: video, surface: 'feed', completeAt: 0.95 })
  trackVideo(tracker, element, { oneEvent: true, describe: ({ completed }) => ({ props: { completed } }) })
  // @ts-expect-error the plan has no such event type
  trackVideo(tracker, element, { eventTypes: { skip: 'skipped' } })
  // @ts-expect-error it acts on videos
  trackVideo(tracker, element, { entity: project })
  const { save, share, skip, complete } = createActions(tracker)
  save(video)
  share(video, { props: { channel: 'copy' } })
  skip(video, { durationMs: 300 })
  complete(video, { durationMs: 30_000 })
}

export function musicDiscovery({ music: tracker }: Trackers, element: HTMLAudioElement): void {
  const actions = createActions(tracker, { save: 'interest', outbound: 'ticket_click', swipe: 'swipe' })
  actions.toggleLike(artist, true, { props: { metadata: { artist_name: 'Ada' } } })
  actions.toggleFollow(artist, false)
  actions.save(artist)
  actions.swipe(artist, { props: { direction: 'left' } })
  actions.trackSearch('jazz', { entity: { type: 'view', id: 'search' }, resultsCount: 3 })
  // @ts-expect-error here a search is on an entity
  actions.trackSearch('jazz')
  // @ts-expect-error there is no such entity type
  actions.save({ type: 'band', id: 1 })

  trackVideo(tracker, element, { oneEvent: true, entity: { type: 'song', id: 's-1' } })
  // @ts-expect-error the plan has neither completes nor skips
  trackVideo(tracker, element, { entity: { type: 'song', id: 's-1' } })
  trackPageViews(tracker, {
    eventType: 'navigate',
    describe: ({ pathname }) => ({ entity: { type: 'view', id: pathname } }),
  })
}

export function rightsMarketplace({ rights: tracker }: Trackers, element: HTMLVideoElement): void {
  const actions = createActions(tracker, { share: 'asset_shared', trackSearch: 'search_performed' })
  actions.share({ type: 'asset', id: 1 })
  actions.trackSearch('drums', { resultsCount: 12 })
  trackPageViews(tracker, { eventType: 'page_viewed' })
  trackScroll(tracker, {
    eventType: 'post_scroll_depth',
    entity: post,
    describe: (percent) => ({ props: { percent } }),
  })
  trackEngagement(tracker, { eventType: 'post_engagement_time', entity: post, idleAfterMs: 60_000 })
  trackVideo(tracker, element, {
    oneEvent: true,
    eventTypes: { view: 'asset_viewed' },
    describe: ({ durationMs }) => ({ props: { view_duration_ms: durationMs } }),
  })
  assignVariant(tracker, 'pricing', { control: 9, bold: 1 }, { eventType: 'post_experiment_viewed' })
  // @ts-expect-error the plan has no event type of the usual name
  assignVariant(tracker, 'pricing', ['control', 'bold'])
  // @ts-expect-error the plan has no such event type
  trackScroll(tracker, { eventType: 'scroll_depth' })
}

test('plugins know the names of the five example plans', () => {
  expectTypeOf(createActions<typeof showcase>)
    .parameter(0)
    .toEqualTypeOf<AnyTracker<typeof showcase>>()
})
