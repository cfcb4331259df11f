import type { EventTypeOf, Plan } from '@tallymark/schemas'
import { onLeave } from './parts/leave.ts'
import { watchMoves } from './parts/moves.ts'
import type { AnyTracker, Named, PageOptions, PluginOptions, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

/** Options of {@link trackPageViews}; `describe` gets the page's URL. */
export type PageViewOptions<P extends Plan, E extends string> = PluginOptions<P, E, URL> & PageOptions

/** Frameworks name the new page some time after they have moved to it. */
const titleWaitMs = 500

/**
 * Records a `page_view` now, and one whenever the path becomes another one without a load, or the page comes back out
 * of the back/forward cache. It is dated when the page arrived, and waits half a second for the page's title.
 *
 * @returns a function that stops it
 * @example
 * const stop = trackPageViews(tracker)
 */
export function trackPageViews<P extends Plan, E extends EventTypeOf<P> = Usual<P, 'page_view'>>(
  tracker: AnyTracker<P> & Named<E>,
  options?: PageViewOptions<P, E>,
): Stop {
  return start('page-views', tracker, (running, to) => {
    const { eventType = 'page_view', describe, hash, ...said } = { ...options }
    let waiting: (() => void) | undefined

    const record = (occurredAt?: number) =>
      to.track(eventType, {
        ...said,
        ...(occurredAt && { occurredAt }),
        ...describe?.(new URL(location.href)),
      })
    const recordWaiting = running.safe(() => {
      const recordIt = waiting
      waiting = undefined
      recordIt?.()
    })
    const arrive = () => {
      recordWaiting()
      const nowMs = Date.now()
      const timer = setTimeout(recordWaiting, titleWaitMs)
      waiting = () => {
        clearTimeout(timer)
        record(nowMs)
      }
    }

    watchMoves(running, { hash }, { leave: recordWaiting, arrive })
    onLeave(running, recordWaiting)
    record()
    return recordWaiting
  })
}
