import { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import type { Arrival, Arrivals } from './arrivals.ts'
import { HttpProblem } from './http-problem.ts'

/**
 * Reads a body's bytes. From Node's own request where there is one: the way through a web stream costs more than all
 * the rest.
 *
 * @throws {HttpProblem} `body_too_large`, `overloaded` when it is too slow, `invalid_request` when it ends early
 */
export function readBytes(c: Context, arrivals: Arrivals): Promise<Uint8Array> {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown }
  if (!(incoming instanceof IncomingMessage)) return readStream(c.req.raw.body, arrivals)
  return incoming.complete ? readArrived(incoming, arrivals.maxBodyBytes) : readIncoming(incoming, arrivals)
}

/** A small body mostly came with its head, and is there by now: to listen for it would cost more than to read it. */
async function readArrived(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  if (incoming.destroyed) throw endedEarly()
  const bytes: Uint8Array = incoming.read() ?? new Uint8Array()
  if (bytes.byteLength > maxBytes) throw bodyTooLarge(maxBytes)
  return bytes
}

function readIncoming(incoming: IncomingMessage, arrivals: Arrivals): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const settle = (answer: () => void) => {
      incoming.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      answer()
      arrivals.end(arrival)
    }
    const arrival = arrivals.begin(() => settle(() => reject(tooSlow())))
    const onData = (chunk: Uint8Array) => {
      arrivals.add(arrival, chunk)
      const problem = problemOf(arrival)
      if (problem) settle(() => reject(problem))
    }
    const onEnd = () => settle(() => resolve(arrival.whole()))
    const onGone = () => settle(() => reject(endedEarly()))
    incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
    if (incoming.destroyed) onGone()
  })
}

async function readStream(stream: ReadableStream<Uint8Array> | null, arrivals: Arrivals): Promise<Uint8Array> {
  if (!stream) return new Uint8Array()
  const reader = stream.getReader()
  let problem: HttpProblem | undefined
  const giveUp = (why: HttpProblem) => {
    problem = why
    reader.cancel(why).catch(() => undefined)
  }
  const arrival = arrivals.begin(() => giveUp(tooSlow()))
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      arrivals.add(arrival, read.value)
      const found = problemOf(arrival)
      if (found) giveUp(found)
    }
    if (!problem) return arrival.whole()
  } catch {
    problem ??= endedEarly()
  } finally {
    arrivals.end(arrival)
  }
  throw problem
}

function problemOf(arrival: Arrival): HttpProblem | undefined {
  if (arrival.isTooLarge) return bodyTooLarge(arrival.maxBytes)
  return arrival.isScattered ? scattered() : undefined
}

const connectionClose = { headers: { Connection: 'close' } }

/** A body so large is not worth reading to its end only to keep the connection. */
export const bodyTooLarge = (maxBytes: number) =>
  new HttpProblem(
    'body_too_large',
    `a body may be at most ${maxBytes} bytes: send fewer events at once`,
    connectionClose,
  )

const tooSlow = () =>
  new HttpProblem('overloaded', 'the body comes too slowly for a collector that has much to do', connectionClose)

const scattered = () => new HttpProblem('invalid_request', 'the body comes in too many small pieces', connectionClose)

/** The client has gone: nobody will read this, and it is no fault of ours to be logged. */
const endedEarly = () => new HttpProblem('invalid_request', 'the body ended early')
