import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Door, openDoor } from './door.ts'

const require = createRequire(import.meta.url)
const scripts = ['/tallymark.js', '/tallymark-delivery.js']

export interface Site extends Door {
  /** A page that tracks. */
  page: string
  /** One that has the SDK from the collector and not from the site: an outage keeps its second file away, too. */
  pageByCollector: string
  /** One that does not track. */
  elsewhere: string
  /** Another one, that goes back by itself: whoever drives the browser loses a page that comes back. */
  thereAndBack: string
}

/** A site whose pages track to the collector at an endpoint. */
export async function startSite(endpoint: string, writeKey: string): Promise<Site> {
  const door = await openDoor((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    if (scripts.includes(pathname)) {
      const source = readFileSync(require.resolve(`@tallymark/sdk${pathname}`))
      return response.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=3600' }).end(source)
    }
    const script = `${searchParams.get('script') === 'collector' ? endpoint : ''}/tallymark.js`
    const html =
      pathname === '/page'
        ? trackingPage(endpoint, writeKey, script)
        : pathname === '/there-and-back'
          ? thereAndBack
          : elsewhere
    return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html)
  })
  return {
    ...door,
    elsewhere: `${door.url}/elsewhere`,
    thereAndBack: `${door.url}/there-and-back`,
    page: `${door.url}/page`,
    pageByCollector: `${door.url}/page?script=collector`,
  }
}

const elsewhere = '<!doctype html><title>Elsewhere</title>'
const thereAndBack = `${elsewhere}<script>addEventListener('load', () => setTimeout(() => history.back(), 200))</script>`

/**
 * `trackMany` makes events that can be told apart. `attempts` has the instants at which the SDK sent something or loaded a file, and for
 * the next page `localStorage.leaving` the lengths of the bodies that were to outlive their page.
 */
const trackingPage = (endpoint: string, writeKey: string, script: string) => `<!doctype html>
<title>Delivery</title>
<script>
  const attempts = []
  const send = window.fetch
  const append = document.head.append
  document.head.append = (...given) => {
    attempts.push(Date.now())
    append.apply(document.head, given)
  }
  window.fetch = (...given) => {
    attempts.push(Date.now())
    const [, { keepalive, body } = {}] = given
    if (keepalive) localStorage.leaving = JSON.stringify([...JSON.parse(localStorage.leaving ?? '[]'), body.length])
    return send(...given)
  }
  function trackMany(type, count, { first = 0, bytes = 0 } = {}) {
    for (let n = first; n < first + count; n++) {
      tallymark.track(type, {
        entity: { type: 'project', id: n % 7 },
        surface: 'explore',
        props: { n, ...(bytes && { text: 'x'.repeat(bytes) }) },
      })
    }
  }
</script>
<script src="${script}" data-endpoint="${endpoint}" data-write-key="${writeKey}"
  data-auto="off" data-track-bots></script>
<p>This page tracks.</p>
`
