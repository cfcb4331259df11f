import * as limits from '@tallymark/schemas/limits'
import { version } from '../package.json'
import { cut } from './attribution.ts'
import type { Context } from './tracked-event.ts'

/** What the page and the device say. */
export interface Page {
  /** As it was when the tracker was made. */
  url: string
  /** Empty when there is none. */
  referrer: string
  /** What the browser says of itself, and on the visitor's behalf. */
  navigator: Pick<Navigator, 'webdriver' | 'userAgent' | 'doNotTrack'> & { globalPrivacyControl?: boolean }
  document: {
    prerendering?: boolean
    addEventListener(type: 'prerenderingchange', listener: () => void, options: { once: true }): void
  }
  /** The page as it is now. */
  context(): Context
}

/**
 * Reads the page. What cannot change is read once, and not before the first event: a browser that has not been asked
 * for its time zone before takes longer for that than for all else that is done at the start.
 */
export function readPage(): Page {
  let device: Context | undefined
  return {
    url: location.href,
    referrer: document.referrer,
    navigator,
    document,
    context() {
      device ??= readDevice()
      return {
        path: cut(location.pathname, limits.maxPathLength),
        // An element named "title" hides the document's own.
        title: cut(String(document.title), limits.maxTitleLength),
        ...device,
      }
    },
  }
}

const readDevice = (): Context => ({
  locale: navigator.language,
  timezone: cut(Intl.DateTimeFormat().resolvedOptions().timeZone ?? '', 64),
  screenWidth: pixels(screen.width),
  screenHeight: pixels(screen.height),
  sdk: { name: '@tallymark/sdk', version },
  // Of a program that drives the browser and says so: with the option `trackBots`.
  webdriver: navigator.webdriver || undefined,
})

/** Whether the visitor may not want to be tracked, may not see the page, or may be no visitor at all. */
export function isWary({ navigator, document }: Page, trackBots: boolean): unknown {
  return (
    (!trackBots && (navigator.webdriver || /headless/i.test(navigator.userAgent))) ||
    navigator.globalPrivacyControl ||
    navigator.doNotTrack === '1' ||
    document.prerendering
  )
}

/** Browsers that resist fingerprinting answer oddly; a bad number in a batch's context would spoil the batch. */
const pixels = (length: number) => (length >= 0 && length <= 100_000 ? Math.round(length) : undefined)
