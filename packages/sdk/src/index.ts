import type { Plan } from '@tallymark/schemas'
import { openCore } from './core.ts'
import { createDefaultTracker } from './default-tracker.ts'
import * as methods from './methods.ts'
import type { TrackerOptions } from './options.ts'
import { createTrackerOf } from './tracker.ts'
import type { OpenPlan, Tracker } from './tracker-types.ts'

export type { Consent, ConsentChoice } from './consent.ts'
export type { DropCounts, DropReason } from './drops.ts'
export type { EventCounts, FlushResult } from './flush-result.ts'
export type { TrackerOptions } from './options.ts'
export type { SessionMetrics } from './session-metrics.ts'
export type { Session } from './session-rules.ts'
export type { Attribution, Context, TrackedEvent } from './tracked-event.ts'
export type { OpenPlan, Tracker } from './tracker-types.ts'
export type { IdentifyOptions } from './user-token.ts'

const loaders = {
  loadDelivery: () => import('./delivery.ts'),
  loadExtras: () => import('./extras.ts'),
}

const tracker = createDefaultTracker()

/**
 * Makes a tracker of its own, beside the default one. On a server it does nothing.
 *
 * @example
 * import { createTracker } from '@tallymark/sdk'
 * import type { plan } from './tallymark.plan.ts'
 *
 * const tracker = createTracker<typeof plan>({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_…' })
 * tracker.track('save', { entity: { type: 'project', id: 42 } })
 */
export function createTracker<P extends Plan = OpenPlan>(options: TrackerOptions<P>): Tracker<P> {
  return createTrackerOf(openCore(options as TrackerOptions, loaders)) as Tracker<P>
}

/**
 * Sets the default tracker up: the one of `track`, `trackView` and the other functions. What they were told before is
 * recorded now. A second call changes nothing.
 *
 * @example
 * import { init, trackView } from '@tallymark/sdk'
 *
 * init({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_…' })
 * trackView({ type: 'project', id: 42 }, { surface: 'explore' })
 */
export function init<P extends Plan = OpenPlan>(options: TrackerOptions<P>): void {
  tracker.start(() => openCore(options as TrackerOptions, loaders))
}

/**
 * Records an event with the default tracker.
 *
 * @example
 * track('calendar_sync', { entity: { type: 'event', id: 'e-1' }, props: { calendar: 'google' } })
 */
export const track: Tracker['track'] = /* @__PURE__ */ tracker.later(methods.track, true)

/**
 * Records with the default tracker that an entity was viewed.
 *
 * @example
 * trackView({ type: 'project', id: 42 }, { surface: 'explore' })
 */
export const trackView: Tracker['trackView'] = /* @__PURE__ */ tracker.later(methods.trackView, true)

/**
 * Records with the default tracker that an entity was clicked.
 *
 * @example
 * trackClick({ type: 'project', id: 42 }, { surface: 'explore_trending', position: 3 })
 */
export const trackClick: Tracker['trackClick'] = /* @__PURE__ */ tracker.later(methods.trackClick, true)

/**
 * Tells the default tracker who is signed in; null when nobody is any more.
 *
 * @example
 * identify(userToken)
 */
export const identify: Tracker['identify'] = /* @__PURE__ */ tracker.later(methods.identify)

/**
 * Makes the default tracker forget the user, the anonymous id and the session.
 *
 * @example
 * reset()
 */
export const reset: Tracker['reset'] = /* @__PURE__ */ tracker.later(methods.reset)

/**
 * Begins a new session of the default tracker.
 *
 * @example
 * startNewSession()
 */
export const startNewSession: Tracker['startNewSession'] = /* @__PURE__ */ tracker.later(methods.startNewSession)

/**
 * Tells the default tracker what the visitor chose.
 *
 * @example
 * setConsent('granted')
 */
export const setConsent: Tracker['setConsent'] = /* @__PURE__ */ tracker.later(methods.setConsent)

/**
 * Makes the default tracker record nothing more in this browser, and remember that.
 *
 * @example
 * optOut()
 */
export const optOut: Tracker['optOut'] = /* @__PURE__ */ tracker.later(methods.optOut)

/**
 * Takes {@link optOut} back.
 *
 * @example
 * optIn()
 */
export const optIn: Tracker['optIn'] = /* @__PURE__ */ tracker.later(methods.optIn)

/**
 * How the default tracker's session is going; all zeros before `init`.
 *
 * @example
 * const { durationMs, engagementScore } = getSessionMetrics()
 */
export const getSessionMetrics: Tracker['getSessionMetrics'] = () => methods.getSessionMetrics(tracker.core())

/**
 * Makes the default tracker, and the collector when a user is signed in, forget whom they know. Call it after `init`.
 *
 * @example
 * await forgetMe()
 */
export const forgetMe: Tracker['forgetMe'] = () => methods.forgetMe(tracker.core())

/**
 * Sends what waits in the default tracker's queue.
 *
 * @example
 * await flush()
 */
export const flush: Tracker['flush'] = () => methods.flush(tracker.core())
