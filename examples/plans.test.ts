import {
  checkAgainstPlan,
  compilePlan,
  durationOf,
  type EventInput,
  eventSchema,
  type Plan,
  surfaceOf,
} from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { plan as eventListings } from './event-listings/plan.ts'
import { plan as musicDiscovery } from './music-discovery/plan.ts'
import { plan as projectShowcase } from './project-showcase/plan.ts'
import { plan as rightsMarketplace } from './rights-marketplace/plan.ts'
import { plan as videoExplore } from './video-explore/plan.ts'

const sessionId = '0195f3a0-0000-7000-8000-000000000001'
const words = (text: string) => text.trim().split(/\s+/)

/** What a plan says of an event that fits the wire format: nothing, or `code: pointer …`. */
function verdictOf(plan: Plan) {
  const compiled = compilePlan(plan)
  return (event: EventInput) => {
    const rejection = checkAgainstPlan(eventSchema.parse(event), compiled)
    return rejection && [`${rejection.code}:`, ...(rejection.errors ?? []).map((error) => error.pointer)].join(' ')
  }
}

function declarationIn(plan: Plan, eventType: string) {
  const declaration = compilePlan(plan).event(eventType)
  if (!declaration) throw new Error(`${plan.name} has no ${eventType}`)
  return declaration
}

describe('event listings', () => {
  const verdict = verdictOf(eventListings)
  const event = { entityType: 'event', entityId: 'e-1' }

  test('take exactly these event types (A1, A3)', () => {
    expect(Object.keys(eventListings.events)).toEqual(
      words('click outbound_click calendar_sync search filter_apply filter_clear'),
    )
    expect(Object.keys(eventListings.entities)).toEqual(['event'])
  })

  test('count a click as the view, and each one (A1)', () => {
    expect(declarationIn(eventListings, 'click')).toMatchObject({ role: 'view', dedupe: 'none' })
    expect(declarationIn(eventListings, 'outbound_click').role).toBe('outbound')
    expect(declarationIn(eventListings, 'calendar_sync').role).toBe('calendar')
  })

  test('let anybody read how many saved an event, and nothing else (A2)', () => {
    expect(compilePlan(eventListings).publicEvents).toEqual(['calendar_sync'])
  })

  test('need the event that was clicked, and the query that was searched', () => {
    expect(verdict({ eventType: 'calendar_sync', ...event })).toBeUndefined()
    expect(verdict({ eventType: 'calendar_sync' })).toBe('invalid_event: /entityType /entityId')
    expect(verdict({ eventType: 'search', props: { query: 'jazz', resultsCount: 0, filters: { free: true } } })).toBe(
      undefined,
    )
    expect(verdict({ eventType: 'search' })).toBe('missing_prop: /props/query')
    expect(verdict({ eventType: 'filter_apply', props: { filter: 'genre', value: 'jazz' } })).toBeUndefined()
    expect(verdict({ eventType: 'filter_apply', props: { value: 'jazz' } })).toBe('missing_prop: /props/filter')
    expect(verdict({ eventType: 'filter_clear' })).toBeUndefined()
  })
})

describe('project showcase', () => {
  const verdict = verdictOf(projectShowcase)
  const project = { entityType: 'project', entityId: 42 }

  test('takes projects that are registered only (B1)', () => {
    expect(projectShowcase.entities).toEqual({ project: { registered: true } })
  })

  test('counts a view once in five minutes for a viewer and a project (B1)', () => {
    expect(declarationIn(projectShowcase, 'view')).toMatchObject({
      role: 'view',
      dedupe: { windowMs: 300_000, by: ['entity', 'viewer'] },
    })
    expect(declarationIn(projectShowcase, 'click')).toMatchObject({ role: 'click', dedupe: 'none' })
  })

  test.each(words('explore profile direct search embed'))('takes a view from %s (B1)', (surface) => {
    expect(verdict({ eventType: 'view', ...project, surface })).toBeUndefined()
  })

  test('takes a view from nowhere as a direct one, and refuses other surfaces (B1)', () => {
    const view: EventInput = { eventType: 'view', ...project }
    expect(verdict(view)).toBeUndefined()
    expect(surfaceOf(view, declarationIn(projectShowcase, 'view'))).toBe('direct')
    expect(verdict({ ...view, surface: 'related' })).toBe('invalid_event: /surface')
  })

  test.each(words('explore_for_you explore_trending explore_new explore_news search profile related'))(
    'takes a click from %s (B2)',
    (surface) => {
      expect(verdict({ eventType: 'click', ...project, surface, position: 0 })).toBeUndefined()
    },
  )

  test('refuses a click that lacks a field or names an unknown surface (B2)', () => {
    expect(verdict({ eventType: 'click', ...project, position: 0 })).toBe('invalid_event: /surface')
    expect(verdict({ eventType: 'click', ...project, surface: 'related' })).toBe('invalid_event: /position')
    expect(verdict({ eventType: 'click', ...project, surface: 'direct', position: 0 })).toBe('invalid_event: /surface')
    expect(verdict({ eventType: 'click', surface: 'related', position: 0 })).toBe(
      'invalid_event: /entityType /entityId',
    )
  })

  test('has likes and impressions for trending and click-through rates (B5, B7)', () => {
    expect(declarationIn(projectShowcase, 'like').role).toBe('like')
    expect(declarationIn(projectShowcase, 'unlike').role).toBe('unlike')
    expect(declarationIn(projectShowcase, 'impression').role).toBe('impression')
  })
})

describe('video explore', () => {
  const verdict = verdictOf(videoExplore)
  const signals = words('view save share click skip complete')

  test('takes exactly these signals, each in the role of its name (C1)', () => {
    expect(Object.keys(videoExplore.events)).toEqual(signals)
    for (const signal of signals) expect(declarationIn(videoExplore, signal).role).toBe(signal)
  })

  test('keeps every view (C1)', () => {
    expect(declarationIn(videoExplore, 'view').dedupe).toBe('none')
  })

  test('binds a signal to a video and a session (C1)', () => {
    const view = { eventType: 'view', entityType: 'video', entityId: 'v1', durationMs: 9_000, completed: true }
    expect(verdict({ ...view, sessionId })).toBeUndefined()
    expect(verdict(view)).toBe('invalid_event: /sessionId')
    expect(verdict({ eventType: 'save', sessionId })).toBe('invalid_event: /entityType /entityId')
  })
})

describe('music discovery', () => {
  const verdict = verdictOf(musicDiscovery)
  const eventTypes = words(`view click like share interest search review comment navigate form_submit profile_update
    swipe follow unfollow attendance ticket_click streaming_top streaming_recent`)
  const entityTypes = words('event artist venue review user profile view form ticket_link song album playlist')

  test('takes these event types, and the like taken back (D1, D5)', () => {
    expect(eventTypes).toHaveLength(18)
    expect(Object.keys(musicDiscovery.events).toSorted()).toEqual([...eventTypes, 'unlike'].toSorted())
  })

  test('takes exactly these entity types (D1)', () => {
    expect(Object.keys(musicDiscovery.entities)).toEqual(entityTypes)
  })

  test.each(eventTypes)('takes %s on an entity of every type, without metadata (D1)', (eventType) => {
    for (const entityType of entityTypes) {
      expect(verdict({ eventType, entityType, entityId: 'x', props: {} })).toBeUndefined()
    }
  })

  test('keeps every view', () => {
    expect(declarationIn(musicDiscovery, 'view')).toMatchObject({ role: 'view', dedupe: 'none' })
  })

  const of = (entityType: string, metadata: unknown): EventInput => ({
    eventType: 'view',
    entityType,
    entityId: 'x',
    props: { metadata },
  })

  test.each([
    [
      'event',
      {
        artist_name: 'Nina',
        venue_name: 'Hall',
        event_date: '2026-05-01T20:00:00Z',
        genres: ['jazz'],
        city: 'Ghent',
        state: 'EF',
        country: 'BE',
        capacity: 400,
        ticket_price: 19.5,
        currency: 'EUR',
      },
    ],
    [
      'artist',
      {
        artist_name: 'Nina',
        genres: ['jazz'],
        popularity_score: 100,
        spotify_id: 's',
        apple_music_id: 'a',
        follower_count: 7,
        verified: true,
      },
    ],
    [
      'venue',
      {
        venue_name: 'Hall',
        venue_city: 'Ghent',
        venue_state: 'EF',
        venue_country: 'BE',
        capacity: 400,
        venue_type: 'indoor',
        coordinates: { lat: 51.05, lng: 3.73 },
      },
    ],
    [
      'review',
      {
        rating: 5,
        review_text: 'Fine',
        likes_count: 0,
        comments_count: 0,
        is_helpful: false,
        sentiment: 'positive',
        language: 'en',
      },
    ],
    ['user', { user_name: 'ann', location: 'Ghent', preferences: ['jazz'] }],
    ['profile', { profile_type: 'artist', verification_status: 'pending' }],
    ['view', { page_name: 'home', duration: 12.5, scroll_depth: 80 }],
    ['form', { form_type: 'contact', success: true, field_count: 4 }],
    [
      'ticket_link',
      { price: 20, currency: 'EUR', vendor: 'v', availability: 'sold_out', fees: 2, url: 'https://example.com' },
    ],
    ['song', { song_name: 'S', artist_names: ['A', 'B'], duration_ms: 180_000 }],
    ['album', { album_name: 'A', artist_name: 'B', release_date: '2026-01-01' }],
    ['playlist', { playlist_name: 'P', track_count: 12, genres: ['jazz'] }],
  ])('takes the full metadata of %s and anything beside it (D2)', (entityType, metadata) => {
    expect(verdict(of(entityType, metadata))).toBeUndefined()
    expect(verdict(of(entityType, { ...metadata, extra: { free: true } }))).toBeUndefined()
  })

  test.each([
    ['artist', 'artist_name'],
    ['venue', 'venue_name'],
    ['review', 'rating'],
  ])('requires of the metadata of %s, once it is sent, its %s (D2)', (entityType, field) => {
    expect(verdict(of(entityType, {}))).toBe(`missing_prop: /props/metadata/${field}`)
  })

  test.each(words('event user profile view form ticket_link song album playlist'))(
    'requires nothing of the metadata of %s (D2)',
    (entityType) => {
      expect(verdict(of(entityType, {}))).toBeUndefined()
    },
  )

  test.each([
    ['review', { rating: 'five' }, 'rating'],
    ['review', { rating: 0 }, 'rating'],
    ['review', { rating: 6 }, 'rating'],
    ['review', { rating: 5, sentiment: 'mixed' }, 'sentiment'],
    ['review', { rating: 5, is_helpful: 'yes' }, 'is_helpful'],
    ['artist', { artist_name: 'Nina', popularity_score: 101 }, 'popularity_score'],
    ['artist', { artist_name: 'Nina', genres: 'jazz' }, 'genres'],
    ['artist', { artist_name: 'Nina', genres: ['jazz', 7] }, 'genres/1'],
    ['artist', { artist_name: 'Nina', verified: 'true' }, 'verified'],
    ['event', { event_date: 'next Friday' }, 'event_date'],
    ['event', { capacity: '400' }, 'capacity'],
    ['venue', { venue_name: 'Hall', coordinates: { lat: '51', lng: 3 } }, 'coordinates/lat'],
    ['ticket_link', { availability: 'gone' }, 'availability'],
    ['form', { success: 1 }, 'success'],
    ['song', { artist_names: 'Nina' }, 'artist_names'],
    ['playlist', { track_count: '12' }, 'track_count'],
  ])('names the field of %s that is wrong in %j (D2)', (entityType, metadata, field) => {
    expect(verdict(of(entityType, metadata))).toBe(`invalid_event: /props/metadata/${field}`)
  })
})

describe('rights marketplace', () => {
  const verdict = verdictOf(rightsMarketplace)
  const groups: Record<string, string> = {
    user: 'signed_up logged_in logged_out profile_updated password_changed email_verified',
    asset: 'uploaded viewed downloaded preview_generated approved rejected updated deleted shared',
    project: 'created started completed archived updated deleted',
    license: 'created signed renewed expired terminated viewed clicked',
    royalty: 'calculated statement_generated statement_reviewed',
    payout: 'completed failed',
    creator: 'profile_created profile_updated verified portfolio_viewed',
    brand: 'profile_created profile_updated verified project_viewed',
    email: 'sent opened clicked bounced',
    job: 'completed failed',
    ownership: 'created transferred verified',
    post: `viewed scroll_depth engagement_time cta_clicked shared comment_clicked like_clicked download_clicked
      subscribed experiment_viewed session_start session_end page_exit email_capture social_share_clicked bounce
      read_complete engagement_milestone`,
  }
  const single = `page_viewed cta_clicked search_performed filter_applied button_clicked form_submitted modal_opened
    modal_closed webhook_received error_occurred api_request`
  const eventTypes = [
    ...Object.entries(groups).flatMap(([group, names]) => words(names).map((name) => `${group}_${name}`)),
    ...words(single),
  ]
  const required: Record<string, Record<string, unknown>> = {
    asset_viewed: { view_duration_ms: 1_200 },
    license_signed: { license_id: 'l-1' },
    payout_completed: { amount_cents: 1_999, payment_method: 'bank' },
    post_viewed: { post_id: 7 },
    post_cta_clicked: { cta_type: 'footer', cta_url: '/pricing' },
  }

  test('takes exactly these 79 event types (E3)', () => {
    expect(Object.keys(rightsMarketplace.events)).toHaveLength(79)
    expect(Object.keys(rightsMarketplace.events).toSorted()).toEqual(eventTypes.toSorted())
  })

  test('takes exactly these entity types (E3)', () => {
    expect(Object.keys(rightsMarketplace.entities)).toEqual(
      words('project asset license creator brand user royalty payout post category'),
    )
  })

  test.each(eventTypes)('takes %s with an entity and without one, with anything in its props (E1)', (eventType) => {
    const props = { ...required[eventType], extra: { free: true } }
    expect(verdict({ eventType, props })).toBeUndefined()
    expect(verdict({ eventType, props, entityType: 'category', entityId: 1 })).toBeUndefined()
    expect(verdict({ eventType, props, entityId: 1 })).toBe('invalid_event: /entityType')
  })

  test.each(Object.entries(required))('requires the props of %s (E4)', (eventType, props) => {
    const names = Object.keys(props)
    const missing = `missing_prop: ${names.map((name) => `/props/${name}`).join(' ')}`
    expect(verdict({ eventType })).toBe(missing)
    expect(verdict({ eventType, props: {} })).toBe(missing)
    for (const name of names) {
      expect(verdict({ eventType, props: { ...props, [name]: undefined } })).toBe(`missing_prop: /props/${name}`)
      expect(verdict({ eventType, props: { ...props, [name]: { wrong: true } } })).toBe(`invalid_event: /props/${name}`)
    }
  })

  test('counts events of one fingerprint once in a minute, whatever their type (E6)', () => {
    for (const eventType of eventTypes) {
      expect(declarationIn(rightsMarketplace, eventType).dedupe).toEqual({
        windowMs: 60_000,
        by: ['viewer', 'entity', 'session', 'second'],
      })
    }
  })

  test('takes the time of a viewed asset from its prop', () => {
    const view = { eventType: 'asset_viewed', props: { view_duration_ms: 1_200 } }
    expect(durationOf(view, declarationIn(rightsMarketplace, 'asset_viewed'))).toBe(1_200)
  })

  test('takes what only a server can know from servers', () => {
    const serverOnly = eventTypes.filter((eventType) => declarationIn(rightsMarketplace, eventType).serverOnly)
    expect(serverOnly.toSorted()).toEqual(
      words(`email_bounced email_sent job_completed job_failed payout_completed payout_failed royalty_calculated
        royalty_statement_generated webhook_received`),
    )
  })
})

test.each([eventListings, projectShowcase, videoExplore, musicDiscovery, rightsMarketplace])(
  '$name takes nothing that it does not declare (E3)',
  (plan) => {
    const verdict = verdictOf(plan)
    expect(verdict({ eventType: 'made_up' })).toBe('unknown_event_type: /eventType')
    const [eventType = ''] = Object.keys(plan.events)
    expect(verdict({ eventType, entityType: 'made_up', entityId: 1 })).toBe('unknown_entity_type: /entityType')
  },
)
