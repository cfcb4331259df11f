/**
 * A feed of videos with analytics for their creators. There is no window on views: each one counts. Watch time
 * travels as `durationMs` and reaching the end as `completed`, which every event may carry; each belongs to a session.
 *
 *     tallymark serve --plan plan.ts
 */
import { definePlan } from '@tallymark/schemas'

const signal = { on: ['video'], requires: ['sessionId'], dedupe: 'none' } as const

export const plan = definePlan({
  name: 'video-explore',
  entities: {
    video: {},
  },
  events: {
    view: { ...signal, role: 'view' },
    save: { ...signal, role: 'save' },
    share: { ...signal, role: 'share' },
    click: { ...signal, role: 'click' },
    skip: { ...signal, role: 'skip' },
    complete: { ...signal, role: 'complete' },
  },
})
