import { report, warn } from './report.ts'
import type { RunningTracker } from './tracker.ts'

type Method = 'track' | 'trackView' | 'trackClick' | 'identify' | 'reset'

/** Calls that are kept until there is a tracker. More than this, and `init` has been forgotten. */
const maxEarlyCalls = 500

export interface DefaultTracker extends Pick<RunningTracker, Method | 'flush'> {
  /** Puts a tracker in charge, which takes over the calls that were made before. Only the first one counts. */
  start(make: () => RunningTracker): RunningTracker
}

/** A stand-in for a tracker that does not exist yet: it keeps the calls and the time at which they were made. */
export function createDefaultTracker(): DefaultTracker {
  let tracker: RunningTracker | undefined
  const early: ((tracker: RunningTracker) => void)[] = []

  const call =
    <M extends Method>(method: M, isEvent: boolean) =>
    (...given: Parameters<RunningTracker[M]>): void => {
      const run = (to: RunningTracker) => (to[method] as (...given: unknown[]) => void)(...given)
      if (isEvent && !tracker) given[1] = { occurredAt: Date.now(), ...given[1] }
      if (tracker) run(tracker)
      // On a server nothing will ever take them.
      else if (typeof window === 'undefined') return
      else if (early.length < maxEarlyCalls) early.push(run)
      else report(`more than ${maxEarlyCalls} calls before init(): the later ones are lost`)
    }

  return {
    start(make) {
      if (!tracker) tracker = make()
      else if (typeof window !== 'undefined') warn('init() was called again: the first call counts')
      for (const run of early.splice(0)) run(tracker)
      return tracker
    },
    track: call('track', true),
    trackView: call('trackView', true),
    trackClick: call('trackClick', true),
    identify: call('identify', false),
    reset: call('reset', false),
    flush: async () => tracker?.flush(),
  }
}
