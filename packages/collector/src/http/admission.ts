import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@tallymark/schemas'
import type { MiddlewareHandler } from 'hono'
import { HttpProblem, sendProblem } from './http-problem.ts'
import { bodyTooLarge } from './read-bytes.ts'

interface AdmissionOptions {
  /** About 50 ms of what the collector can take: more would only wait. Default 1 MiB. */
  maxBytes?: number
  /** When a request has waited as long for its answer, those that come now would wait longer. Default 50 ms. */
  maxWaitMs?: number
  /** So little is never too much, however slow a single commit is. Default 512 KiB. */
  minBytes?: number
  /** Milliseconds of a clock that never steps back. */
  clock?: () => number
}

interface Held {
  bytes: number
  since: number
}

/** What a request costs whatever is in its body, in bytes of a large body. */
const requestBytes = 1024

/**
 * Keeps the queue short: whoever would have to wait long is told at once to come again, and whoever is admitted is
 * answered soon. It counts the requests whose bodies are complete and whose answers are not out yet; those still on
 * their way in have their own bound, see `arrivals.ts`.
 */
export class Admission {
  readonly #maxBytes: number
  readonly #maxWaitMs: number
  readonly #minBytes: number
  readonly #clock: () => number
  /** In the order in which they came. */
  readonly #held = new Set<Held>()
  #bytes = 0

  constructor(options: AdmissionOptions = {}) {
    const { maxBytes = 1024 * 1024, maxWaitMs = 50, minBytes = 512 * 1024, clock = () => performance.now() } = options
    this.#maxBytes = maxBytes
    this.#maxWaitMs = maxWaitMs
    this.#minBytes = minBytes
    this.#clock = clock
  }

  /** Whether a body of this size would be admitted now. */
  hasRoomFor(bytes: number): boolean {
    const [oldest] = this.#held
    const bytesThen = this.#bytes + bytes + requestBytes
    // Whatever its size, it finds room where nobody else is.
    if (!oldest || bytesThen <= this.#minBytes) return true
    return bytesThen <= this.#maxBytes && this.#clock() - oldest.since <= this.#maxWaitMs
  }

  /**
   * Does the work of one request, and counts it until it is done.
   *
   * @throws {HttpProblem} `overloaded`, before the work has begun
   */
  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (!this.hasRoomFor(bytes)) throw new HttpProblem('overloaded', detail, { headers: waitHeaders() })
    const held = { bytes: bytes + requestBytes, since: this.#clock() }
    this.#held.add(held)
    this.#bytes += held.bytes
    try {
      return await work()
    } finally {
      this.#held.delete(held)
      this.#bytes -= held.bytes
    }
  }
}

const detail = 'more comes in than can be stored right now: send it again later'

/** Those who were refused together must not come back together. */
const waitHeaders = () => ({ 'Retry-After': String(1 + Math.floor(Math.random() * 4)) })

/**
 * Refuses by its declared size what is too large or finds no room, before anything else is looked at. Refusals are
 * held back a moment: a client that asks again at once would otherwise take the time of those who are admitted.
 */
export function admit(
  admission: Admission,
  maxBodyBytes: number,
  pause: () => Promise<void> = shortPause(),
): MiddlewareHandler {
  return async (c, next) => {
    // What is no number never comes this far over HTTP.
    const bytes = Number(c.req.header('content-length')) || 0
    if (bytes > maxBodyBytes) throw bodyTooLarge(maxBodyBytes)
    const { method } = c.req
    if (method === 'GET' || method === 'HEAD' || admission.hasRoomFor(bytes)) return next()
    await pause()
    // Not thrown: under a flood this is the answer to most, and a stack would be most of its cost.
    return sendProblem(c, problem('overloaded', detail), waitHeaders())
  }
}

/** Answers that may be held back at a time: what has arrived of their bodies stays in memory. */
const maxPaused = 500

function shortPause(): () => Promise<void> {
  let paused = 0
  return async () => {
    if (paused >= maxPaused) return
    paused++
    await sleep(300 + Math.random() * 300)
    paused--
  }
}
