import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './collector-process.ts'

interface Event {
  idempotencyKey: string
  eventType: string
  entityType: string
  entityId: string
  anonymousId: string
  occurredAt: number
}

type Answer = Awaited<ReturnType<typeof ask>>

/** How soon a client sends again what was not taken: it has less patience than `Retry-After` asks for. */
const pauseMs = 20
/** Whoever is not answered by then never will be. */
const patienceMs = 20_000

/** Clients that send events, single ones and batches, and what they know of them. */
export class Load {
  /** The ids of the events that were acknowledged. */
  readonly acknowledged = new Set<string>()
  /** Answers that no client can be content with. */
  readonly wrong: string[] = []
  /** How often they were told to wait, by the code of the problem. */
  readonly toldToWait = new Map<string, number>()
  /** Where they send to: a collector that was started again is at another place. */
  url: string
  readonly #key: string
  /** What was not acknowledged is sent again before anything new. */
  readonly #waiting: Event[] = []
  readonly #clients: Promise<void>[]
  #isOver = false

  constructor(url: string, key: string, clients: number) {
    this.url = url
    this.#key = key
    this.#clients = Array.from({ length: clients }, () => this.#run())
  }

  /** Resolves once so many more events are acknowledged than now; answers after how many milliseconds. */
  async takes(more: number, withinMs = 60_000): Promise<number> {
    const begun = performance.now()
    const enough = this.acknowledged.size + more
    while (this.acknowledged.size < enough) {
      if (performance.now() - begun > withinMs) throw new Error(`no ${more} events were taken in ${withinMs} ms`)
      await sleep(1)
    }
    return performance.now() - begun
  }

  /** Sends one event more; answers what it was answered. */
  async sendOne(): Promise<Answer | undefined> {
    return this.#send([makeEvent()])
  }

  /** Nothing new is sent. Resolves when nothing is left that was not acknowledged. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients)
  }

  async #run(): Promise<void> {
    while (!this.#isOver || this.#waiting.length > 0) {
      const size = Math.random() < 0.5 ? 1 : 1 + Math.floor(Math.random() * 50)
      const again = this.#waiting.splice(0, size)
      const answer = await this.#send(again.length > 0 ? again : Array.from({ length: size }, makeEvent))
      if (answer === undefined || answer.status === 503) await sleep(pauseMs)
    }
  }

  /** Undefined where nobody answered. */
  async #send(events: Event[]): Promise<Answer | undefined> {
    const [first] = events
    const isSingle = events.length === 1
    const answer = await ask(`${this.url}${isSingle ? '/v1/track' : '/v1/batch'}`, this.#key, {
      method: 'POST',
      body: { ...(isSingle ? first : { events }), sentAt: Date.now() },
      signal: AbortSignal.timeout(patienceMs),
    }).catch((error: Error) => {
      if (error.name === 'TimeoutError') this.wrong.push('a request was never answered')
      return undefined
    })
    if (!answer || !this.#isTaken(answer)) this.#waiting.push(...events)
    else this.#note(events, isSingle ? [{ data: answer.body }] : (answer.body as { results: unknown[] }).results)
    return answer
  }

  #isTaken({ status, headers, body }: Answer): boolean {
    if (status === 200 || status === 201) return true
    const { code } = body as { code?: string }
    if (status === 503 && code && Number(headers.get('retry-after')) > 0) {
      this.toldToWait.set(code, (this.toldToWait.get(code) ?? 0) + 1)
    } else this.wrong.push(`${status} ${JSON.stringify(body)}`)
    return false
  }

  #note(events: readonly Event[], results: readonly unknown[]): void {
    for (const [index, { idempotencyKey }] of events.entries()) {
      const { data } = results[index] as { data: { eventId: string | null } | null }
      if (data?.eventId === idempotencyKey) this.acknowledged.add(idempotencyKey)
      else this.wrong.push(JSON.stringify(results[index]))
    }
  }
}

const makeEvent = (): Event => ({
  idempotencyKey: randomUUID(),
  eventType: 'like',
  entityType: 'page',
  entityId: `page-${Math.floor(Math.random() * 20)}`,
  anonymousId: randomUUID(),
  occurredAt: Date.now(),
})
