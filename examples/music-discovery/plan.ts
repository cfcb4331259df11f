/**
 * Music discovery with personalisation signals: eighteen kinds of interaction on twelve kinds of entity. What is
 * known of the entity travels in `props.metadata` and is checked by the entity's type: a wrong value is refused and
 * named (`/props/metadata/rating`). Metadata may be left out; what is required in it binds only when it is sent.
 *
 *     tallymark serve --plan plan.ts
 */
import { definePlan } from '@tallymark/schemas'
import { z } from 'zod'

const text = z.string().optional()
const texts = z.array(z.string()).optional()
const number = z.number().optional()
const flag = z.boolean().optional()
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
  error: 'must be an ISO 8601 date, or date and time',
})

/** Every interaction is on an entity of any type. */
const interaction = { on: 'any' } as const

export const plan = definePlan({
  name: 'music-discovery',
  entities: {
    event: {
      metadata: z.looseObject({
        artist_name: text,
        venue_name: text,
        event_date: date.optional(),
        genres: texts,
        city: text,
        state: text,
        country: text,
        capacity: number,
        ticket_price: number,
        currency: text,
      }),
    },
    artist: {
      metadata: z.looseObject({
        artist_name: z.string(),
        genres: texts,
        popularity_score: z.number().min(0).max(100).optional(),
        spotify_id: text,
        apple_music_id: text,
        follower_count: number,
        verified: flag,
      }),
    },
    venue: {
      metadata: z.looseObject({
        venue_name: z.string(),
        venue_city: text,
        venue_state: text,
        venue_country: text,
        capacity: number,
        /** indoor, outdoor, theater … */
        venue_type: text,
        coordinates: z.looseObject({ lat: z.number(), lng: z.number() }).optional(),
      }),
    },
    review: {
      metadata: z.looseObject({
        rating: z.number().min(1).max(5),
        review_text: text,
        likes_count: number,
        comments_count: number,
        is_helpful: flag,
        sentiment: z.enum(['positive', 'negative', 'neutral']).optional(),
        language: text,
      }),
    },
    user: {
      metadata: z.looseObject({ user_name: text, location: text, preferences: z.unknown().optional() }),
    },
    profile: {
      metadata: z.looseObject({ profile_type: text, verification_status: text }),
    },
    /** A page or a screen. */
    view: {
      metadata: z.looseObject({ page_name: text, duration: number, scroll_depth: number }),
    },
    form: {
      metadata: z.looseObject({ form_type: text, success: flag, field_count: number }),
    },
    ticket_link: {
      metadata: z.looseObject({
        price: number,
        currency: text,
        vendor: text,
        availability: z.enum(['available', 'limited', 'sold_out']).optional(),
        fees: number,
        url: text,
      }),
    },
    song: {
      metadata: z.looseObject({ song_name: text, artist_names: texts, duration_ms: number }),
    },
    album: {
      metadata: z.looseObject({ album_name: text, artist_name: text, release_date: text }),
    },
    playlist: {
      metadata: z.looseObject({ playlist_name: text, track_count: number, genres: texts }),
    },
  },
  events: {
    // Each view counts. No type has the role of a page view: a session's views are its page views.
    view: { ...interaction, role: 'view', dedupe: 'none' },
    click: { ...interaction, role: 'click' },
    like: { ...interaction, role: 'like' },
    unlike: { ...interaction, role: 'unlike' }, // a like taken back
    share: { ...interaction, role: 'share' },
    interest: { ...interaction, role: 'save' },
    search: { ...interaction, role: 'search' },
    review: interaction,
    comment: interaction,
    navigate: interaction,
    form_submit: interaction,
    profile_update: interaction,
    swipe: interaction,
    follow: interaction,
    unfollow: interaction,
    attendance: interaction,
    ticket_click: { ...interaction, role: 'outbound' },
    streaming_top: interaction,
    streaming_recent: interaction,
  },
})
