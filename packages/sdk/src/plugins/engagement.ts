import type { EventTypeOf, Plan } from '@tallymark/schemas'
import { onLeave } from './parts/leave.ts'
import { watchMoves } from './parts/moves.ts'
import type { AnyTracker, Named, PageOptions, PluginOptions, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

/** Options of {@link trackEngagement}; `describe` gets the engaged time in milliseconds. */
export type EngagementOptions<P extends Plan, E extends string> = PluginOptions<P, E, number> &
  PageOptions & {
    /** So long after the last movement, key or scroll somebody still reads, in milliseconds. Default: 30 000. */
    idleAfterMs?: number
  }

/** What is shorter is kept for the next time. */
const leastMs = 1_000
const activities = ['pointerdown', 'pointermove', 'keydown', 'scroll']

/**
 * Records the time that somebody spent with a page: an `engagement` event with `durationMs`, when they leave or hide
 * it, or move to the next one without a load. Time counts while the page is visible and somebody does something; the
 * durations of a page's events add up.
 *
 * @returns a function that stops it, recording what it has measured
 * @example
 * const stop = trackEngagement(tracker, { entity: { type: 'post', id: 7 }, idleAfterMs: 60_000 })
 */
export function trackEngagement<P extends Plan, E extends EventTypeOf<P> = Usual<P, 'engagement'>>(
  tracker: AnyTracker<P> & Named<E>,
  options?: EngagementOptions<P, E>,
): Stop {
  return start('engagement', tracker, (running, to) => {
    const { eventType = 'engagement', describe, hash, idleAfterMs = 30_000, ...said } = { ...options }
    let engagedMs = 0
    let activeAtMs: number | undefined

    const active = () => {
      // Unlike the date, it goes neither back nor forth.
      const nowMs = performance.now()
      if (activeAtMs !== undefined) engagedMs += Math.min(nowMs - activeAtMs, idleAfterMs)
      activeAtMs = document.visibilityState === 'visible' ? nowMs : undefined
    }
    const record = () => {
      active()
      if (engagedMs < leastMs) return
      const durationMs = Math.round(engagedMs)
      engagedMs = 0
      to.track(eventType, { durationMs, ...said, ...describe?.(durationMs) })
    }

    active()
    for (const type of activities) running.listen(window, type, active)
    // Whoever comes back is there, before anything moves.
    running.listen(window, 'visibilitychange', active)
    const restart = () => {
      engagedMs = 0
      activeAtMs = undefined
      active()
    }
    watchMoves(running, { hash }, { leave: record, arrive: restart })
    onLeave(running, record)
    return record
  })
}
