import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { BatchAck } from '@tallymark/schemas'

const require = createRequire(import.meta.url)
const dist = join(dirname(require.resolve('@tallymark/sdk/package.json')), 'dist')

/** What a page may do: nothing inline, nothing evaluated, no other host. */
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; media-src blob:"

/** An event as it came over the wire, with what its batch says for it. */
export interface Arrived {
  eventType: string
  entityId?: string
  durationMs?: number
  props?: Record<string, unknown>
  context?: { path?: string }
}

export interface PluginSite {
  url: string
  /** What the real tracker has sent. */
  arrived: Arrived[]
  /** What a page that came back out of the back/forward cache was told in all. */
  restored: { eventType?: string; path?: string }[]
  stop(): Promise<void>
}

/**
 * A site with a strict content security policy and the built plugins, whose pages have a tracker that keeps what it is
 * told (`tracker`, `recorded`), and with `?real` the real one, which sends to the site itself.
 */
export async function startPluginSite(): Promise<PluginSite> {
  const arrived: Arrived[] = []
  const restored: PluginSite['restored'] = []
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    const file = join(dist, pathname)
    let body = ''
    for await (const part of request) body += part
    if (pathname === '/restored') {
      restored.push(...JSON.parse(body))
      response.end()
    } else if (pathname === '/v1/batch') {
      const { events, context } = JSON.parse(body) as { events: Arrived[]; context: Arrived['context'] }
      arrived.push(...events.map((event) => ({ ...event, context: { ...context, ...event.context } })))
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(acknowledge(events.length)))
    } else if (pathname === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript').end(pageScript)
    } else if (pathname.endsWith('.js') && existsSync(file)) {
      response.setHeader('Content-Type', 'text/javascript').end(readFileSync(file))
    } else {
      response.setHeader('Content-Type', 'text/html; charset=utf-8').setHeader('Content-Security-Policy', policy)
      response.end(html(searchParams.has('real')))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    restored,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function acknowledge(total: number): BatchAck {
  const results = Array.from({ length: total }, (_, index) => ({
    index,
    status: 'fulfilled' as const,
    data: { eventId: '', tracked: true as const },
    error: null,
  }))
  return { total, successful: total, failed: 0, results }
}

const html = (real: boolean) => `<!doctype html>
<meta charset="utf-8">
<title>Start</title>
<script src="/page.js"></script>
${real ? '<script src="/tallymark.js" data-write-key="tm_pub_plugins" data-auto="off" data-track-bots></script>' : ''}
<main></main>
`

const pageScript = `
  const recorded = []
  const violations = []
  document.addEventListener('securitypolicyviolation', ({ blockedURI }) => violations.push(blockedURI))
  const tracker = {
    track(eventType, options) {
      recorded.push({ eventType, ...options, path: location.pathname, title: document.title })
    },
  }
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    setTimeout(() => fetch('/restored', { method: 'POST', body: JSON.stringify(recorded) }), 800)
  })
  // Whoever drives the browser loses a page that comes back: it goes back by itself, and tells the site.
  if (location.pathname === '/and-back') addEventListener('load', () => setTimeout(() => history.back(), 200))
  const load = (name) => import('/plugins/' + name + '.js')
`
