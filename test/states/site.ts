import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Door, openDoor } from '../delivery/door.ts'
import { bundle } from '../support/bundle.ts'

const require = createRequire(import.meta.url)
const scripts = ['/tallymark.js', '/tallymark-delivery.js']

/**
 * The module of every page: makes a tracker with the options in the page's URL, tracks what stands there, too, and
 * notes what it is told. The SDK leaves such parameters of a URL out of what it records.
 */
const moduleCode = `
  import * as sdk from '@tallymark/sdk'
  import { assignVariant } from '@tallymark/sdk/experiments'
  const said = new URLSearchParams(location.search)
  const given = said.get('options')
  const [dropped, flushed] = [[], []]
  const onDrop = ({ eventType }, reason) => dropped.push([eventType, reason])
  const onFlush = (result) => flushed.push(result)
  const openTracker = (options) => sdk.createTracker({ onDrop, onFlush, ...options })
  Object.assign(window, { sdk, assignVariant, dropped, flushed, openTracker, tracker: given && openTracker(JSON.parse(given)) })
  for (const eventType of said.getAll('track')) tracker.track(eventType)
  if (document.prerendering) fetch('/prerendered')
`

/** The SDK as a site's own build has it: made once, whoever asks. */
let built: Promise<Map<string, string>> | undefined

export interface PageSettings {
  /** The script elements, in place of the one for the module. */
  head?: string
  /** More that stands in the page. */
  html?: string
  /** The module and what it loads, in place of the usual one. */
  files?: ReadonlyMap<string, string>
}

export interface Site extends Door {
  /** What the pages may do; `self` and the collector by default, nothing inline. */
  policy: string
  settings: PageSettings
  /** The paths that were asked for. */
  asked: string[]
}

/** A site whose pages may do nothing but run its own files and talk to the collector. */
export async function startSite(collectorUrl: string, settings: PageSettings = {}): Promise<Site> {
  built ??= bundle(moduleCode)
  const files = await built
  const door = await openDoor((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    site.asked.push(pathname)
    const source = scripts.includes(pathname)
      ? readFileSync(require.resolve(`@tallymark/sdk${pathname}`), 'utf8')
      : (site.settings.files ?? files).get(pathname)
    if (source !== undefined)
      return response
        .setHeader('Content-Type', 'text/javascript')
        .setHeader('Access-Control-Allow-Origin', '*')
        .end(source)
    response.setHeader('Content-Type', 'text/html; charset=utf-8').setHeader('Content-Security-Policy', site.policy)
    return response.end(pathname === '/elsewhere' ? elsewhere : html(pathname, site.settings))
  })
  const site: Site = {
    ...door,
    policy: `default-src 'none'; script-src 'self'; connect-src ${collectorUrl}`,
    settings,
    asked: [],
  }
  return site
}

/** A page that does not track. */
const elsewhere = '<!doctype html><title>Elsewhere</title>'

const html = (
  pathname: string,
  { head = '<script type="module" src="/page.js"></script>', html = '' }: PageSettings,
) => `<!doctype html>
<meta charset="utf-8">
<title>${pathname}</title>
${head}
<p>A page.</p>
${html}
`
