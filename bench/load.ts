/** A load generator that costs little: raw sockets, prepared requests, only the event ids are new each time. */
import { connect } from 'node:net'

export interface Load {
  port: number
  key: string
  connections: number
  /** Events in a request; 1 sends to /v1/track, more to /v1/batch. */
  batch: number
  durationMs: number
  /**
   * How often a connection sends a request, the connections one after the other, as visitors come who know nothing of
   * each other; default: as soon as the last one was answered. One that is late because the last answer was is timed
   * from when it should have been sent.
   */
  everyMs?: number
}

export interface LoadResult {
  requests: number
  events: number
  seconds: number
  p50Ms: number
  p99Ms: number
  longestMs: number
}

/** Sends as fast as it is answered, on every connection one request at a time. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latencies: number[] = []
  const start = performance.now()
  const until = start + load.durationMs
  await Promise.all(Array.from({ length: load.connections }, (_, n) => runConnection(load, n, until, latencies)))
  const seconds = (performance.now() - start) / 1000
  latencies.sort((a, b) => a - b)
  const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN
  const requests = latencies.length
  const events = requests * load.batch
  return { requests, events, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), longestMs: quantile(1) }
}

function runConnection(load: Load, number: number, until: number, latencies: number[]): Promise<void> {
  const request = prepareRequest(load, number)
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, '127.0.0.1')
    socket.setNoDelay(true)
    let sentAt = 0
    let received = ''
    const write = () => socket.write(request.next())
    const sendNow = () => {
      sentAt = performance.now()
      write()
    }
    let due = performance.now() + ((load.everyMs ?? 0) * number) / load.connections
    const send = () => {
      if (load.everyMs === undefined) return sendNow()
      const waitMs = due - performance.now()
      if (waitMs > 0) setTimeout(sendNow, waitMs)
      else {
        sentAt = due
        write()
      }
      due += load.everyMs
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!isWhole(received)) return
      const problem = fault(received, load.batch)
      if (problem) return reject(new Error(problem))
      received = ''
      const now = performance.now()
      latencies.push(now - sentAt)
      if (now >= until) socket.end(resolve)
      else send()
    })
  })
}

function isWhole(response: string): boolean {
  const bodyAt = response.indexOf('\r\n\r\n') + 4
  if (bodyAt < 4) return false
  const length = Number(/content-length: (\d+)/i.exec(response)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`a response without a length: ${response.slice(0, 300)}`)
  return response.length - bodyAt >= length
}

/** A response that is not the expected success ends the run: a refused event must not count as stored. */
function fault(response: string, batch: number): string | undefined {
  const good = batch === 1 ? response.startsWith('HTTP/1.1 201') : response.includes(`"successful":${batch},"failed":0`)
  return good ? undefined : `an unexpected answer: ${response.slice(0, 600)}`
}

let nextId = 0
const idsBegin = Date.now()

/** A v7 UUID: ordered in time, as the SDK makes them. */
function makeId(): string {
  const n = nextId++
  const time = (idsBegin + Math.floor(n / 1000)).toString(16).padStart(12, '0')
  const inMs = (n % 1000).toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${inMs}-8000-${hex(12)}`
}

const hex = (digits: number) =>
  oneOf(16 ** digits)
    .toString(16)
    .padStart(digits, '0')

const oneOf = (count: number) => Math.floor(Math.random() * count)
const digits = (value: number, count: number) => String(value).padStart(count, '0')

/** Who sends an event: one of 50 000 visitors, in one of four sessions of theirs. */
const newVisitor = () => oneOf(50_000)
const sessionOf = (visitor: number) => visitor * 4 + oneOf(4)

/** What is new in every event, where its placeholder of the same length stands in the prepared request. */
const placeholders: Record<string, (visitor: number) => string> = {
  '________-id__-____-____-____________': makeId,
  _visitor: (visitor) => digits(visitor, 8),
  _session: (visitor) => digits(sessionOf(visitor), 8),
  _entity: () => digits(oneOf(20_000), 7),
  _page: () => digits(oneOf(5000), 5),
  _click_click_: () => hex(13),
}

/** What visitors' browsers say of themselves: a connection is one of them. */
const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
]

function prepareRequest({ port, key, batch }: Load, connection: number) {
  const events = Array.from({ length: batch }, (_, n) => sampleEvent(n))
  const body = JSON.stringify(batch === 1 ? events[0] : { events })
  const head = [
    `POST /v1/${batch === 1 ? 'track' : 'batch'}?key=${key} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `User-Agent: ${userAgents[connection % userAgents.length]}`,
    'Sec-CH-UA: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n')
  const bytes = Buffer.from(`${head}\r\n\r\n${body}`)
  const text = bytes.toString('latin1')
  const places = Object.entries(placeholders).flatMap(([placeholder, make]) =>
    [...text.matchAll(new RegExp(placeholder, 'g'))].map(({ index }) => ({ index, make, event: eventAt(index) })),
  )
  /** The number of the event that a place lies in: each of them begins with its type. */
  function eventAt(index: number): number {
    return text.slice(0, index).split('"eventType"').length - 2
  }
  return {
    next() {
      const visitors = events.map(newVisitor)
      for (const { index, make, event } of places) bytes.write(make(visitors[event] as number), index, 'latin1')
      return bytes
    },
  }
}

/** About 680 bytes, as a page sends it: no window rule, one visitor in four with a click id of their own. */
function sampleEvent(n: number) {
  return {
    eventType: 'click',
    entityType: 'project',
    entityId: 'p_entity',
    sessionId: '5e551000-0000-4000-8000-0000_session',
    anonymousId: 'a0000000-0000-4000-8000-0000_visitor',
    surface: 'explore_trending',
    position: n % 20,
    props: { label: 'open', experiment: 'ranking-2', variant: n % 2 ? 'b' : 'a', scrollDepth: n % 100 },
    attribution: {
      utmSource: 'newsletter',
      utmMedium: 'email',
      utmCampaign: 'spring',
      referrer: 'https://example.com/',
      ...(n % 4 === 0 && { clickId: '_click_click_', clickIdType: 'gclid' }),
    },
    context: {
      path: '/projects/_page',
      title: 'Project _page',
      locale: 'en-GB',
      timezone: 'Europe/London',
      screenWidth: 1440,
      screenHeight: 900,
    },
    idempotencyKey: '________-id__-____-____-____________',
  }
}
