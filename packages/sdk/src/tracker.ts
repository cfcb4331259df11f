import type { EntityRef } from '@tallymark/schemas'
import * as limits from '@tallymark/schemas/limits'
import { parseAttribution } from './attribution.ts'
import { createDebounce } from './debounce.ts'
import type { Delivery } from './delivery.ts'
import { createDeliveryState, maxBatchEvents } from './delivery-state.ts'
import { createDrop, type DropCounts } from './drops.ts'
import { browserEdges, type Edges } from './edges.ts'
import { buildEvent, type EventOptions } from './event.ts'
import { createFlushSchedule } from './flush-schedule.ts'
import { createAnonymousIdentity } from './identity.ts'
import { createLeaver } from './leaver.ts'
import { readOptions, type Settings, type TrackerOptions } from './options.ts'
import { type QueuedEvent, toQueued } from './queued-event.ts'
import { report } from './report.ts'
import { createSessions } from './session.ts'
import { readUserToken } from './user-token.ts'

/** A tracker as it runs: what its plan forbids, the compiler has already refused. */
export interface RunningTracker {
  track(eventType: string, options?: EventOptions): void
  trackView(entity: EntityRef, options?: EventOptions): void
  trackClick(entity: EntityRef, options?: EventOptions): void
  identify(userToken: string | null): void
  reset(): void
  flush(): Promise<void>
  readonly drops: DropCounts
  readonly anonymousId: string | undefined
}

const nothing = () => {}

/** Does nothing: on a server, and where the options cannot be used. */
export const idleTracker: RunningTracker = {
  track: nothing,
  trackView: nothing,
  trackClick: nothing,
  identify: nothing,
  reset: nothing,
  flush: async () => {},
  drops: {},
  anonymousId: undefined,
}

/** Makes a tracker for the browser. `loadDelivery` fetches the part that is needed with the first flush only. */
export function openTracker(options: TrackerOptions, loadDelivery: () => Promise<Delivery>): RunningTracker {
  if (typeof window === 'undefined') return idleTracker
  try {
    const settings = readOptions(options, location.href, report)
    return settings ? assembleTracker(settings, browserEdges(loadDelivery)) : idleTracker
  } catch (error) {
    report('the tracker could not start', error)
    return idleTracker
  }
}

/** Puts a tracker together. `record` is the path of one event. */
export function assembleTracker(settings: Settings, edges: Edges): RunningTracker {
  const { now, storage, newId, page } = edges
  const drops: DropCounts = {}
  const drop = createDrop(drops, settings.onDrop, report)
  const anonymous = createAnonymousIdentity(storage, newId)
  const arrival = parseAttribution(page.url, page.referrer)
  const sessions = createSessions({ storage, now, newId, timeoutMs: settings.sessionTimeoutMs, arrival })
  const queue = edges.openQueue(settings.name, settings, (queued) =>
    drop(queued, 'queue_full', 'newer ones needed its place'),
  )
  const state = createDeliveryState(now)
  const shared = { ...settings, ...edges, report }
  const leaver = createLeaver(shared, queue, state, edges.postRaw)
  const schedule = createFlushSchedule(shared, queue, state, leaver, async () =>
    (await edges.loadDelivery()).openFlusher({ ...shared, queue, state, drop, maxBatchEvents }),
  )
  const debounce = createDebounce(edges.setTimer, enqueue)

  function record(eventType: string, said: EventOptions = {}): void {
    const event = buildEvent(eventType, said, {
      id: newId(),
      nowMs: now(),
      session: sessions.current(),
      anonymousId: anonymous.id(),
      context: page.context(),
    })
    const queued = toQueued(event, state.user?.sub ?? null)
    const debounceMs = settings.debounceMs[eventType]
    if (queued.bytes > limits.maxEventBytes) drop(queued, 'event_too_large', `${queued.bytes} bytes`)
    else if (!debounceMs) enqueue(queued)
    else debounce.hold(JSON.stringify([eventType, event.entityType, event.entityId]), debounceMs, queued)
  }

  function enqueue(queued: QueuedEvent): void {
    queue.push(queued)
    schedule.added()
  }

  function identify(userToken: string | null): void {
    // What is held back belongs to whoever made it; the next one's events must not take its place.
    debounce.flush()
    state.user = userToken === null ? undefined : readUserToken(userToken)
    if (userToken !== null && !state.user) report("identify() takes a JWT with a 'sub', or null: nobody is signed in")
    schedule.flush()
  }

  function reset(): void {
    identify(null)
    anonymous.renew()
    sessions.restart()
  }

  function flush(): Promise<void> {
    debounce.flush()
    return schedule.flush()
  }

  const leave = () => {
    debounce.flush()
    void leaver.leave()
  }

  edges.watchLifecycle({ leave: safe('leave', leave), online: schedule.online })
  // Deliver what earlier pages left behind.
  schedule.flush()

  return {
    track: safe('track', record),
    trackView: safe('trackView', (entity, options) => record('view', { ...options, entity })),
    trackClick: safe('trackClick', (entity, options) => record('click', { ...options, entity })),
    identify: safe('identify', identify),
    reset: safe('reset', reset),
    flush,
    drops,
    get anonymousId() {
      return anonymous.id()
    },
  }
}

/** The page never sees an exception of the tracker. */
function safe<Arguments extends unknown[]>(method: string, run: (...given: Arguments) => void) {
  return (...given: Arguments): void => {
    try {
      run(...given)
    } catch (error) {
      report(`${method}() failed`, error)
    }
  }
}
