import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Door, openDoor } from './door.ts'

/**
 * What goes wrong between the page and the collector:
 * `unavailable` a proxy's own 503, without a word about when to come back and without CORS headers;
 * `rate_limited` a 429 whose Retry-After counts from the first one, and holds for all;
 * `answers_lost` the collector commits, and the connection is cut before its answer has passed.
 */
export type Fault = 'none' | 'unavailable' | 'rate_limited' | 'answers_lost'

export interface ProxiedRequest {
  atMs: number
  method: string
  path: string
  /** The body as it came over the wire. */
  body: Buffer
}

export interface FaultProxy extends Door {
  fault: Fault
  /** The path of a file that cannot be had. */
  withheld?: string | undefined
  /** When the first 429 was answered. */
  limitedAtMs: number
  /** Requests that carry events, from the first on. */
  requests: ProxiedRequest[]
}

export const retryAfterSeconds = 4

/** Stands in front of the collector. */
export async function startFaultProxy(collectorUrl: string): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = []

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const { method = '', url: path = '' } = incoming
    if (path.startsWith('/v1/')) requests.push({ atMs: Date.now(), method, path, body })
    const { fault, withheld } = proxy
    if (fault === 'unavailable' || path === withheld) outgoing.writeHead(503).end('Service Unavailable')
    else if (fault === 'rate_limited' && isLimited()) refuseForNow(outgoing)
    else await forward(incoming, body, outgoing, fault === 'answers_lost')
  }

  function isLimited(): boolean {
    proxy.limitedAtMs ||= Date.now()
    return Date.now() < proxy.limitedAtMs + retryAfterSeconds * 1_000
  }

  function refuseForNow(outgoing: ServerResponse): void {
    const leftMs = proxy.limitedAtMs + retryAfterSeconds * 1_000 - Date.now()
    const headers = {
      'Retry-After': Math.ceil(leftMs / 1_000),
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
      'Content-Type': 'application/problem+json',
    }
    outgoing.writeHead(429, headers).end('{"status":429,"code":"rate_limited","detail":"too many events"}')
  }

  function forward({ method, url, headers }: IncomingMessage, body: Buffer, outgoing: ServerResponse, lost: boolean) {
    return new Promise<void>((resolve) => {
      const fail = () => {
        outgoing.destroy()
        resolve()
      }
      const onward = request(new URL(url ?? '/', collectorUrl), { method, headers }, async (answered) => {
        const said = await buffer(answered)
        if (lost) return fail()
        outgoing.writeHead(answered.statusCode ?? 502, answered.headers).end(said)
        return resolve()
      })
      onward.once('error', fail).end(body)
    })
  }

  const door = await openDoor((incoming, outgoing) => void answer(incoming, outgoing).catch(() => outgoing.destroy()))
  const proxy: FaultProxy = { ...door, fault: 'none', limitedAtMs: 0, requests }
  return proxy
}
