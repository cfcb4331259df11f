/**
 * A marketplace for rights: assets, licenses, royalties, payouts and a journal. 79 event types, each of which may name
 * an entity and need not. Events without an idempotency key are one when type, viewer, entity, session and second
 * agree. What only a server can know (money that moved, mail that went out, jobs) takes the secret key. Projects, assets
 * and licenses that nobody has put are taken, and listed at `GET /v1/admin/unregistered`.
 *
 *     tallymark serve --plan plan.ts
 */
import { definePlan } from '@tallymark/schemas'
import { z } from 'zod'

const id = z.union([z.string().min(1), z.int()])
const milliseconds = z.number().min(0).max(86_400_000)

const fact = {
  on: 'any',
  entityOptional: true,
  dedupe: { window: '60s', by: ['viewer', 'entity', 'session', 'second'] },
} as const

const serverFact = { ...fact, serverOnly: true } as const

export const plan = definePlan({
  name: 'rights-marketplace',
  entities: {
    project: { registered: 'checked' },
    asset: { registered: 'checked' },
    license: { registered: 'checked' },
    creator: {},
    brand: {},
    user: {},
    royalty: {},
    payout: {},
    post: {},
    category: {},
  },
  events: {
    user_signed_up: fact,
    user_logged_in: fact,
    user_logged_out: fact,
    user_profile_updated: fact,
    user_password_changed: fact,
    user_email_verified: fact,

    asset_uploaded: fact,
    asset_viewed: {
      ...fact,
      role: 'view',
      props: z.looseObject({ view_duration_ms: milliseconds }),
      durationFrom: 'view_duration_ms',
    },
    asset_downloaded: fact,
    asset_preview_generated: fact,
    asset_approved: fact,
    asset_rejected: fact,
    asset_updated: fact,
    asset_deleted: fact,
    asset_shared: { ...fact, role: 'share' },

    project_created: fact,
    project_started: fact,
    project_completed: fact,
    project_archived: fact,
    project_updated: fact,
    project_deleted: fact,

    license_created: fact,
    license_signed: { ...fact, props: z.looseObject({ license_id: id }) },
    license_renewed: fact,
    license_expired: fact,
    license_terminated: fact,
    license_viewed: { ...fact, role: 'view' },
    license_clicked: { ...fact, role: 'click' },

    royalty_calculated: serverFact,
    royalty_statement_generated: serverFact,
    royalty_statement_reviewed: fact,

    payout_completed: {
      ...serverFact,
      props: z.looseObject({ amount_cents: z.int(), payment_method: z.string().min(1) }),
    },
    payout_failed: serverFact,

    page_viewed: { ...fact, role: 'page_view', pixel: true },
    cta_clicked: { ...fact, role: 'click' },
    search_performed: { ...fact, role: 'search' },
    filter_applied: { ...fact, role: 'filter' },
    button_clicked: { ...fact, role: 'click' },
    form_submitted: fact,
    modal_opened: fact,
    modal_closed: fact,

    creator_profile_created: fact,
    creator_profile_updated: fact,
    creator_verified: fact,
    creator_portfolio_viewed: { ...fact, role: 'view' },

    brand_profile_created: fact,
    brand_profile_updated: fact,
    brand_verified: fact,
    brand_project_viewed: { ...fact, role: 'view' },

    email_sent: serverFact,
    email_opened: { ...fact, pixel: true },
    email_clicked: fact,
    email_bounced: serverFact,

    webhook_received: serverFact,
    job_completed: serverFact,
    job_failed: serverFact,
    error_occurred: fact,
    api_request: fact,

    ownership_created: fact,
    ownership_transferred: fact,
    ownership_verified: fact,

    post_viewed: { ...fact, role: 'view', props: z.looseObject({ post_id: id }) },
    post_scroll_depth: fact,
    post_engagement_time: fact,
    post_cta_clicked: {
      ...fact,
      role: 'click',
      props: z.looseObject({ cta_type: z.string().min(1), cta_url: z.string().min(1) }),
    },
    post_shared: { ...fact, role: 'share' },
    post_comment_clicked: { ...fact, role: 'click' },
    post_like_clicked: { ...fact, role: 'like' },
    post_download_clicked: { ...fact, role: 'click' },
    post_subscribed: fact,
    post_experiment_viewed: fact,
    post_session_start: fact,
    post_session_end: fact,
    post_page_exit: fact,
    post_email_capture: fact,
    post_social_share_clicked: { ...fact, role: 'click' },
    post_bounce: fact,
    post_read_complete: { ...fact, role: 'complete' },
    post_engagement_milestone: fact,
  },
  funnels: {
    // From the first look at an asset to a license that is signed: within thirty days of it.
    licensing: {
      steps: [
        { eventType: 'asset_viewed', entityType: 'asset' },
        { eventType: 'license_created' },
        { eventType: 'license_signed' },
      ],
      windowMs: 30 * 86_400_000,
    },
  },
})
