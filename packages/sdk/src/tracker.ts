import type { Core } from './core-types.ts'
import * as methods from './methods.ts'
import { safely } from './report.ts'
import type { Tracker } from './tracker-types.ts'

/** A tracker with all that it can do; without a core it does nothing. */
export function createTrackerOf(core: Core | undefined): Tracker {
  const call =
    <Given extends unknown[]>(run: (core: Core, ...given: Given) => void) =>
    (...given: Given): void => {
      if (core) safely(() => run(core, ...given))
    }
  return {
    track: call(methods.track),
    trackView: call(methods.trackView),
    trackClick: call(methods.trackClick),
    identify: call(methods.identify),
    reset: call(methods.reset),
    startNewSession: call(methods.startNewSession),
    setConsent: call(methods.setConsent),
    optOut: call(methods.optOut),
    optIn: call(methods.optIn),
    forgetMe: () => methods.forgetMe(core),
    flush: () => methods.flush(core),
    getSessionMetrics: () => methods.getSessionMetrics(core),
    get consent() {
      return core?.begin().consent ?? 'denied'
    },
    get anonymousId() {
      return core?.visit?.anonymous?.id()
    },
    get session() {
      return core?.visit?.sessions.latest()
    },
    counts: core?.counts ?? { queued: 0, sent: 0, duplicates: 0 },
    drops: core?.drops ?? {},
  } as Tracker
}
