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
  /** The page as it is now. */
  context(): Context
}

/** Reads the page. The values that cannot change are read once: asking `Intl` costs more than all else of an event. */
export function readPage(): Page {
  const device: Context = {
    locale: cut(navigator.language ?? '', 35),
    timezone: cut(Intl.DateTimeFormat().resolvedOptions().timeZone ?? '', 64),
    screenWidth: pixels(screen.width),
    screenHeight: pixels(screen.height),
    sdk: { name: '@tallymark/sdk', version },
    // Of a program that drives the browser and says so.
    ...(navigator.webdriver && { webdriver: true }),
  }
  return {
    url: location.href,
    referrer: document.referrer,
    context: () => ({
      path: cut(location.pathname, limits.maxPathLength),
      // An element named "title" hides the document's own.
      title: cut(String(document.title), limits.maxTitleLength),
      ...device,
    }),
  }
}

/** Browsers that resist fingerprinting answer oddly; a bad number in a batch's context would spoil the batch. */
const pixels = (length: number) => (length >= 0 && length <= 100_000 ? Math.round(length) : undefined)
