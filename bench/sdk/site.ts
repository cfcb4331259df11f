import { type Door, openDoor } from '../../test/delivery/door.ts'
import { type Contestant, entryName } from './bundle.ts'

/** A site with a tracker's page. */
export interface Site extends Door {
  /** A page whose tracker is set up. It counts as loaded when the tracker has nothing more to send. */
  page: string
  /** A page that has loaded the tracker, and waits for `start()`. */
  waiting: string
  elsewhere: string
  /** The names of the files that pages have asked for. */
  served: ReadonlySet<string>
}

/** Isolated, a page may measure time in steps of 5 µs instead of 100; and no tracker gets out of this machine. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'credentialless',
  'Content-Security-Policy': "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data: http://127.0.0.1:*",
  'Cache-Control': 'no-store',
}

export async function startSite(
  { page }: Contestant,
  collectorUrl: string,
  sink: { quiet(): Promise<void> },
): Promise<Site> {
  const served = new Set<string>()
  const html: Record<string, string> = {
    '/page': `${tracking(collectorUrl)}<script type="module">${startAndSettle}</script>`,
    '/waiting': tracking(collectorUrl),
  }
  const door = await openDoor(async ({ url = '' }, response) => {
    if (url === '/settled') {
      await sink.quiet()
      return response.writeHead(204).end()
    }
    const file = page.get(url.slice(1))
    if (file) {
      served.add(url.slice(1))
      return response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(file)
    }
    response.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' })
    return response.end(`<!doctype html><title>Project 42</title><body>${html[url] ?? ''}`)
  })
  return { ...door, served, page: `${door.url}/page`, waiting: `${door.url}/waiting`, elsewhere: `${door.url}/else` }
}

/** `attempts` has the instants at which anything was sent. */
const tracking = (collectorUrl: string) => `<script>
  const attempts = []
  globalThis.collectorUrl = '${collectorUrl}'
  for (const [owner, name] of [[window, 'fetch'], [XMLHttpRequest.prototype, 'send'], [Navigator.prototype, 'sendBeacon']]) {
    const send = owner[name]
    owner[name] = function (...given) {
      attempts.push(Date.now())
      return send.apply(this, given)
    }
  }
</script><script type="module" src="/${entryName}"></script>`

const startAndSettle = "start(); document.body.append(Object.assign(new Image(), { src: '/settled' }))"
