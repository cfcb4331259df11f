import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Door, openDoor } from '../../test/delivery/door.ts'
import { markedEvents } from './markers.ts'
import type { Tracker } from './trackers.ts'
import { decode } from './wire.ts'

/** What has come, without configuration and preflights; `wireBytes` has them and all headers too. */
export interface Traffic {
  requests: number
  bodyBytes: number
  wireBytes: number
}

/** A collector for any tracker: answers as its servers would, and counts what arrives. */
export interface Sink extends Door {
  /** The ids under which each marked event has come, in the order of arrival. */
  arrivals: ReadonlyMap<string, readonly string[]>
  traffic: Traffic
  /** Until nothing has come for a while. */
  quiet(): Promise<void>
  /** Whether so many different events have arrived in time. */
  arrived(events: number, patienceMs: number): Promise<boolean>
}

const quietMs = 800
const quietPatienceMs = 8_000

export async function startSink(tracker: Tracker): Promise<Sink> {
  const arrivals = new Map<string, string[]>()
  const traffic: Traffic = { requests: 0, bodyBytes: 0, wireBytes: 0 }
  const seenOfSocket = new WeakMap<object, number>()
  let lastAtMs = performance.now()

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const { socket, headers, method, url = '/' } = request
    lastAtMs = performance.now()
    traffic.wireBytes += socket.bytesRead - (seenOfSocket.get(socket) ?? 0)
    seenOfSocket.set(socket, socket.bytesRead)
    allow(response, headers)
    if (method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const config = Object.entries(tracker.remoteConfig ?? {}).find(([path]) => url.startsWith(path))
    if (config) {
      answer(response, config[1])
      return
    }
    traffic.requests++
    traffic.bodyBytes += body.length
    const said = decode(body, url)
    for (const [marker, id] of markedEvents(said, tracker.idField)) {
      arrivals.set(marker, [...(arrivals.get(marker) ?? []), id])
    }
    answer(response, acknowledgement(url, said))
  }

  const door = await openDoor((request, response) => void receive(request, response).catch(() => response.destroy()))
  return {
    ...door,
    arrivals,
    traffic,
    async quiet() {
      const startMs = performance.now()
      do await sleep(50)
      while (performance.now() - Math.max(startMs, lastAtMs) < quietMs && performance.now() - startMs < quietPatienceMs)
    },
    async arrived(events, patienceMs) {
      const untilMs = performance.now() + patienceMs
      while (arrivals.size < events && performance.now() < untilMs) await sleep(20)
      return arrivals.size >= events
    },
  }
}

function allow(response: ServerResponse, headers: IncomingMessage['headers']): void {
  response.setHeader('Access-Control-Allow-Origin', headers.origin ?? '*')
  response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Allow-Headers', headers['access-control-request-headers'] ?? '*')
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, OPTIONS')
  response.setHeader('Access-Control-Max-Age', '600')
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

/** Success in the words of every vendor at once; this project's collector answers each event. */
function acknowledgement(url: string, said: unknown): unknown {
  if (!url.startsWith('/v1/batch?key=tm_pub_')) return { status: 1, code: 200, success: true, error: null }
  const { events } = said as { events: { idempotencyKey: string }[] }
  const results = events.map(({ idempotencyKey: eventId }, index) => {
    return { index, status: 'fulfilled', data: { eventId, tracked: true }, error: null }
  })
  return { total: events.length, successful: events.length, failed: 0, results }
}
