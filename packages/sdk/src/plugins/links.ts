import type { EventTypeOf, Plan, TrackOptions } from '@tallymark/schemas'
import * as limits from '@tallymark/schemas/limits'
import { readMarkup } from './parts/markup.ts'
import type { AnyTracker, Named, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'

type LinkTypes<P extends Plan, O, D> = TrackOptions<P, Extract<O | D, EventTypeOf<P>>>

/** Options of {@link trackLinks}. */
export type LinkOptions<P extends Plan, O, D> = Partial<LinkTypes<P, O, D>> & {
  /** Event types of other names; false leaves that kind of link out. */
  eventTypes?: { outbound?: O; download?: D }
  /** Which paths are downloads, besides links with a `download` attribute. */
  downloads?: RegExp
  /** Which links lead out of the site. Default: those to another host. */
  isOutbound?(link: HTMLAnchorElement): boolean
  /** Says more of an event, or other things; false: do not record this link. */
  describe?(link: HTMLAnchorElement): Partial<LinkTypes<P, O, D>> | false | undefined
}

const files =
  /\.(pdf|zip|gz|rar|7z|dmg|pkg|exe|msi|apk|csv|xlsx?|docx?|pptx?|odt|ods|epub|txt|mp3|wav|mp4|mov|avi|ics)$/i

/**
 * Records links out of the site (`outbound`) and links to files (`download`), opened in whatever way: by the keyboard,
 * with a modifier key or with the middle button. The link itself works as it always did.
 *
 * The event is on the entity that the markup names (`data-track-entity` on the link or around it), else on the link:
 * `{ type: 'link', id: 'example.com/path' }`. `props.url` is the address without its query, which may be private.
 *
 * @returns a function that stops it
 * @example
 * const stop = trackLinks(tracker, { eventTypes: { outbound: 'outbound_click', download: false } })
 */
export function trackLinks<
  P extends Plan,
  O extends EventTypeOf<P> | false = Usual<P, 'outbound'>,
  D extends EventTypeOf<P> | false = Usual<P, 'download'>,
>(tracker: AnyTracker<P> & Named<O> & Named<D>, options?: LinkOptions<P, O, D>): Stop {
  return start('links', tracker, ({ listen }, to) => {
    const { eventTypes, downloads = files, isOutbound = leadsOut, describe, ...said } = { ...options }
    const types: Record<string, string | false> = { outbound: 'outbound', download: 'download', ...eventTypes }

    const hear = (event: MouseEvent) => {
      if (event.button > 1) return
      const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href)
      if (!(link instanceof HTMLAnchorElement)) return
      const isDownload = link.hasAttribute('download') || downloads.test(link.pathname)
      const eventType = isDownload ? types.download : isOutbound(link) && types.outbound
      // A file that the page has made itself has no address, but a name.
      const id = isWeb(link) ? link.host + link.pathname : link.download
      const described = describe?.(link)
      if (!eventType || !id || described === false) return
      to.track(eventType, {
        entity: { type: 'link', id: id.slice(0, limits.maxEntityIdLength) },
        props: { url: isWeb(link) ? link.origin + link.pathname : id },
        ...said,
        ...readMarkup(link),
        ...described,
      })
    }
    for (const type of ['click', 'auxclick']) listen(window, type, hear)
  })
}

const isWeb = ({ protocol }: HTMLAnchorElement) => /^http/.test(protocol)
const leadsOut = (link: HTMLAnchorElement) => isWeb(link) && link.host !== location.host
