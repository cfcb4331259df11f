import type { Plan } from '@tallymark/schemas'
import { createDefaultTracker } from './default-tracker.ts'
import type { TrackerOptions } from './options.ts'
import { openTracker } from './tracker.ts'
import type { OpenPlan, Tracker } from './tracker-types.ts'

export type { DropCounts, DropReason } from './drops.ts'
export type { TrackerOptions } from './options.ts'
export type { Attribution, Context, TrackedEvent } from './tracked-event.ts'
export type { OpenPlan, Tracker } from './tracker-types.ts'

const loadDelivery = () => import('./delivery.ts')

const defaultTracker = createDefaultTracker()
const typed = defaultTracker as unknown as Tracker

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
  return openTracker(options as TrackerOptions, loadDelivery) as Tracker<P>
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
export function init<P extends Plan = OpenPlan>(options: TrackerOptions<P>): Tracker<P> {
  return defaultTracker.start(() => openTracker(options as TrackerOptions, loadDelivery)) as Tracker<P>
}

/**
 * Records an event with the default tracker.
 *
 * @example
 * track('calendar_sync', { entity: { type: 'event', id: 'e-1' }, props: { calendar: 'google' } })
 */
export const track: Tracker['track'] = typed.track

/**
 * Records with the default tracker that an entity was viewed.
 *
 * @example
 * trackView({ type: 'project', id: 42 }, { surface: 'explore' })
 */
export const trackView: Tracker['trackView'] = typed.trackView

/**
 * Records with the default tracker that an entity was clicked.
 *
 * @example
 * trackClick({ type: 'project', id: 42 }, { surface: 'explore_trending', position: 3 })
 */
export const trackClick: Tracker['trackClick'] = typed.trackClick

/**
 * Tells the default tracker who is signed in; null when nobody is any more.
 *
 * @example
 * identify(userToken)
 */
export const identify: Tracker['identify'] = typed.identify

/**
 * Makes the default tracker forget the user, the anonymous id and the session.
 *
 * @example
 * reset()
 */
export const reset: Tracker['reset'] = typed.reset

/**
 * Sends what waits in the default tracker's queue.
 *
 * @example
 * await flush()
 */
export const flush: Tracker['flush'] = typed.flush
