import type { EventTypeOf, Plan } from '@tallymark/schemas'
import { readMarkup } from './parts/markup.ts'
import type { AnyTracker, Named, PluginOptions, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

/** Options of {@link trackImpressions}; `describe` gets the element. */
export type ImpressionOptions<P extends Plan, E extends string> = PluginOptions<P, E, Element> & {
  /** Which elements to watch. Default: `[data-track-impression]`. */
  selector?: string
  /** How much of an element must be visible, above 0 and up to 1, or how much of the window it fills. Default: 0.5. */
  visible?: number
  /** For how long without a break, in milliseconds. Default: 1 000. */
  forMs?: number
}

/**
 * Records an `impression` when an element was really seen: half of it for a second, in a page that was not hidden. Once
 * for each URL, entity and surface. Elements that come later are watched as well.
 *
 * What was seen stands in the markup (`data-track-entity="project:42"`, `data-track-surface`, `data-track-position`, on
 * the element or around it) or comes from `describe`.
 *
 * @returns a function that stops it
 * @example
 * // <article data-track-impression data-track-entity="project:42" data-track-position="0">
 * const stop = trackImpressions(tracker, { surface: 'explore_trending' })
 */
export function trackImpressions<P extends Plan, E extends EventTypeOf<P> = Usual<P, 'impression'>>(
  tracker: AnyTracker<P> & Named<E>,
  options?: ImpressionOptions<P, E>,
): Stop {
  return start('impressions', tracker, ({ listen, safe }, to) => {
    const {
      eventType = 'impression',
      describe,
      selector = '[data-track-impression]',
      visible = 0.5,
      forMs = 1_000,
      ...said
    } = { ...options }
    /** The elements in view, each with the timer that ends when it was seen. */
    const inView = new Map<Element, ReturnType<typeof setTimeout>>()
    const recorded = new Set<string>()
    let url = ''
    let soon: ReturnType<typeof setTimeout> | undefined

    const record = safe((element: Element) => {
      const impression = { ...said, ...readMarkup(element), ...describe?.(element) }
      const key = JSON.stringify([impression.entity, impression.surface])
      if (recorded.has(key)) return
      recorded.add(key)
      to.track(eventType, impression)
    })
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, intersectionRatio, intersectionRect } of entries) {
          if (Math.max(intersectionRatio, intersectionRect.height / innerHeight) < visible) {
            clearTimeout(inView.get(target))
            inView.delete(target)
          } else if (!inView.has(target)) inView.set(target, setTimeout(record, forMs, target))
        }
      },
      // What is taller than the window never shows half of itself: it is looked at in smaller steps.
      { threshold: [visible / 8, visible / 3, visible] },
    )
    const watch = safe(() => {
      soon = undefined
      // No page, and no list of results, follows another without new elements.
      const { href } = location
      if (url !== href) recorded.clear()
      url = href
      for (const element of document.querySelectorAll(selector)) observer.observe(element)
    })
    /** Anew, the observer says of each element whether it is in view: once the page is visible. */
    const restart = (event: Partial<PageTransitionEvent>) => {
      if (event.persisted) url = ''
      observer.disconnect()
      inView.forEach(clearTimeout)
      inView.clear()
      watch()
    }
    const changes = new MutationObserver((mutations) => {
      // Lists that recycle their elements give them another entity.
      if (mutations.some((mutation) => mutation.attributeName)) restart({})
      // Looking through the page costs time.
      else if (!soon) soon = setTimeout(watch, forMs / 5)
    })

    watch()
    changes.observe(document, { subtree: true, childList: true, attributeFilter: ['data-track-entity'] })
    listen(window, 'visibilitychange', restart)
    listen(window, 'pageshow', restart)
    return () => {
      observer.disconnect()
      changes.disconnect()
    }
  })
}
