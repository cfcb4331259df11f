import { randomUUID } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Flood {
  url: string
  key: string
  connections: number
  /** Events in a request; 1 goes to /v1/track, more to /v1/batch. */
  batch: number
  durationMs: number
  /** Requests a second, sent whether or not earlier ones were answered. Without it every connection sends again when it was answered. */
  perSecond?: number
}

export interface Flooded {
  /** Requests a second that were taken. */
  accepted: number
  refused: number
  /** Anything but taken and 503. */
  wrong: string[]
  p50Ms: number
  p99Ms: number
  /** Requests that were due and had to wait for a free connection. */
  late: number
}

/** Sends more than can be taken, over several connections, and measures what becomes of it. */
export async function flood({ url, key, connections, batch, durationMs, perSecond }: Flood): Promise<Flooded> {
  const { hostname, port } = new URL(url)
  const request = prepareRequest(key, batch)
  const latencies: number[] = []
  const wrong: string[] = []
  let refused = 0
  let isOver = false
  const idle: Line[] = []
  const onAnswer = (line: Line, status: string, ms: number) => {
    if (status === '201' || status === '200') latencies.push(ms)
    else if (status === '503') refused++
    else wrong.push(status)
    if (isOver) line.close()
    else if (perSecond) idle.push(line)
    else line.send(request())
  }
  const lines = await Promise.all(
    Array.from({ length: connections }, () => Line.open(hostname, Number(port), onAnswer)),
  )
  const start = performance.now()
  let late = 0
  if (perSecond) {
    idle.push(...lines)
    let due = 0
    for (let sent = 0; performance.now() - start < durationMs; ) {
      await sleep(2)
      due = ((performance.now() - start) / 1000) * perSecond
      while (sent < due) {
        sent++
        const line = idle.shift()
        if (line) line.send(request())
        else late++
      }
    }
  } else {
    for (const line of lines) line.send(request())
    await sleep(durationMs)
  }
  isOver = true
  const seconds = (performance.now() - start) / 1000
  const accepted = latencies.length / seconds
  for (const line of idle) line.close()
  await Promise.all(lines.map((line) => line.closed))
  latencies.sort((a, b) => a - b)
  const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN
  return { accepted, refused: refused / seconds, wrong, p50Ms: quantile(0.5), p99Ms: quantile(0.99), late }
}

type OnAnswer = (line: Line, status: string, ms: number) => void

/** A connection that sends one request at a time. */
class Line {
  readonly closed: Promise<void>
  readonly #socket: Socket
  #sentAt = 0
  #received = ''

  private constructor(socket: Socket, onAnswer: OnAnswer) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => onAnswer(this, 'the connection broke', 0))
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
      const bodyAt = this.#received.indexOf('\r\n\r\n') + 4
      const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1] ?? Number.NaN)
      if (bodyAt < 4 || this.#received.length - bodyAt < length) return
      const status = this.#received.slice(9, 12)
      this.#received = ''
      onAnswer(this, status, performance.now() - this.#sentAt)
    })
  }

  static open(host: string, port: number, onAnswer: OnAnswer): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host, port, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new Line(socket, onAnswer)))
    })
  }

  send(bytes: Buffer): void {
    this.#sentAt = performance.now()
    this.#socket.write(bytes)
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** About 700 bytes an event; only the ids are new each time. */
function prepareRequest(key: string, batch: number): () => Buffer {
  const id = '________-____-____-____-____________'
  const event = {
    eventType: 'click',
    entityType: 'project',
    entityId: 'p-1',
    sessionId: randomUUID(),
    anonymousId: randomUUID(),
    surface: 'explore_trending',
    props: { label: 'open', experiment: 'ranking-2', text: 'x'.repeat(150) },
    attribution: { utmSource: 'newsletter', utmMedium: 'email', referrer: 'https://example.com/' },
    context: { path: '/projects/1', title: 'Project 1', locale: 'en-GB', timezone: 'Europe/London' },
    idempotencyKey: id,
  }
  const body = JSON.stringify(batch === 1 ? event : { events: Array.from({ length: batch }, () => event) })
  const head = [
    `POST /v1/${batch === 1 ? 'track' : 'batch'}?key=${key} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
  ]
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
  const places = [...bytes.toString('latin1').matchAll(new RegExp(id, 'g'))].map(({ index }) => index)
  return () => {
    for (const at of places) bytes.write(randomUUID(), at, 'latin1')
    return Buffer.from(bytes)
  }
}
