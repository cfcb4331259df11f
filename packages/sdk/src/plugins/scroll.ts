import type { EventTypeOf, Plan } from '@tallymark/schemas'
import { onLeave } from './parts/leave.ts'
import { watchMoves } from './parts/moves.ts'
import type { AnyTracker, Named, PageOptions, PluginOptions, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

/** Options of {@link trackScroll}; `describe` gets the depth in percent. */
export type ScrollOptions<P extends Plan, E extends string> = PluginOptions<P, E, number> &
  PageOptions & {
    /** An element that scrolls by itself. Default: the page. */
    within?: Element
  }

/** Reading the height of a page that scrolls costs layout: this often is enough. */
const measureEveryMs = 200

/**
 * Records how far down a page was seen: a `scroll` event with `props {scrollDepth}`, 0 to 100, when the visitor leaves
 * or hides the page, or moves to the next one without a load. Who comes back and gets further is recorded again. A page
 * that was not scrolled says nothing.
 *
 * @returns a function that stops it, recording what it has measured
 * @example
 * const stop = trackScroll(tracker, { entity: { type: 'post', id: 7 } })
 */
export function trackScroll<P extends Plan, E extends EventTypeOf<P> = Usual<P, 'scroll'>>(
  tracker: AnyTracker<P> & Named<E>,
  options?: ScrollOptions<P, E>,
): Stop {
  return start('scroll', tracker, (running, to) => {
    const { eventType = 'scroll', describe, hash, within, ...said } = { ...options }
    const scroller = within ?? document.documentElement
    let timer: ReturnType<typeof setTimeout> | undefined
    let deepest = 0
    let recorded = 0

    const measure = running.safe(() => {
      clearTimeout(timer)
      timer = undefined
      const { scrollTop, clientHeight, scrollHeight } = scroller
      const percent = Math.round((100 * (scrollTop + clientHeight)) / scrollHeight)
      deepest = Math.max(deepest, Math.min(percent, 100) || 0)
    })
    const record = () => {
      if (timer) measure()
      if (deepest <= recorded) return
      recorded = deepest
      to.track(eventType, { props: { scrollDepth: deepest }, ...said, ...describe?.(deepest) })
    }

    running.listen(window, 'scroll', ({ target }) => {
      if (target === (within ?? document)) timer ??= setTimeout(measure, measureEveryMs)
    })
    const restart = () => {
      clearTimeout(timer)
      timer = undefined
      deepest = recorded = 0
    }
    watchMoves(running, { hash }, { leave: record, arrive: restart })
    onLeave(running, record)
    return record
  })
}
