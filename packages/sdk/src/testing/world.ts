import { type BatchAck, type BatchInput, batchSchema, eventSchema, type ProblemCode, problem } from '@tallymark/schemas'
import { v7 } from 'uuid'
import type { Edges } from '../edges.ts'
import { createFlusher } from '../flusher.ts'
import type { Answer } from '../judge.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { createMemoryQueue, type QueueBounds } from '../memory-queue.ts'
import type { Queue } from '../queue.ts'
import type { QueuedEvent } from '../queued-event.ts'
import type { KeyValue } from '../storage.ts'

/** A world for tests: a clock that moves by hand, a collector that answers as it is told, storage in memory. */
export interface World {
  edges: Edges
  lifecycle: Lifecycle
  /** The bodies of the requests, each checked against the wire schema. */
  sent: BatchInput[]
  /** The bodies of the requests of a page that is leaving. */
  left: BatchInput[]
  /** How the collector answers from now on. */
  answer: (batch: BatchInput) => Answer
  /** Lets so much time pass, with the timers that fall due. */
  pass(ms: number): Promise<void>
  nowMs(): number
  /** The next page of the same browser: what was stored remains, timers do not. */
  reload(page?: Partial<Edges['page']>): void
  loads: number
  deliveryLoads: boolean
}

export const accept = (batch: BatchInput): Answer => {
  const results = batch.events.map((event, index) => ({
    index,
    status: 'fulfilled' as const,
    data: { eventId: event.idempotencyKey ?? '', tracked: true as const },
    error: null,
  }))
  const ack: BatchAck = { total: results.length, successful: results.length, failed: 0, results }
  return { status: 200, body: JSON.stringify(ack), retryAfterMs: 0 }
}

export const acceptBut =
  (refused: (event: BatchInput['events'][number]) => ProblemCode | undefined) =>
  (batch: BatchInput): Answer => {
    const ack: BatchAck = JSON.parse(accept(batch).body)
    batch.events.forEach((event, index) => {
      const code = refused(event)
      if (code) ack.results[index] = { index, status: 'rejected', data: null, error: { code, detail: 'because' } }
    })
    return { status: 200, body: JSON.stringify(ack), retryAfterMs: 0 }
  }

export const refuse =
  (code: ProblemCode, retryAfterMs = 0) =>
  (): Answer => {
    const said = problem(code, 'because')
    return { status: said.status, body: JSON.stringify(said), retryAfterMs }
  }

export const unreachable = (): Answer => ({ status: 0, body: '', retryAfterMs: 0 })

function memoryStorage(): KeyValue {
  const kept = new Map<string, string>()
  return {
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
}

function memoryQueue(bounds: QueueBounds, onFull: (gone: QueuedEvent) => void = () => {}): Queue {
  const memory = createMemoryQueue(bounds)
  const recent = new Set<QueuedEvent>()
  const forget = (gone: readonly QueuedEvent[]) => gone.forEach((queued) => void recent.delete(queued))
  return {
    push(queued) {
      recent.add(queued)
      memory.push([queued]).forEach(onFull)
    },
    peek: async (max, wanted) => memory.peek(max, wanted),
    async remove(gone) {
      memory.remove(gone)
      forget(gone)
    },
    recent: () => [...recent],
    forget,
  }
}

export function createWorld(startMs = Date.UTC(2026, 4, 1)): World {
  let nowMs = startMs
  let timers: { dueAtMs: number; run: () => void }[] = []
  let made = 0
  const queues = new Map<string, Queue>()
  const read = (body: string): BatchInput => {
    const batch = batchSchema.parse(JSON.parse(body))
    return { ...batch, events: batch.events.map((event) => eventSchema.parse(event)) }
  }
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  const world: World = {
    sent: [],
    left: [],
    answer: accept,
    loads: 0,
    deliveryLoads: true,
    lifecycle: { leave() {}, online() {} },
    nowMs: () => nowMs,
    async pass(ms) {
      const endMs = nowMs + ms
      await settle()
      for (;;) {
        const next = timers.toSorted((a, b) => a.dueAtMs - b.dueAtMs)[0]
        if (!next || next.dueAtMs > endMs) break
        timers = timers.filter((timer) => timer !== next)
        nowMs = next.dueAtMs
        next.run()
        await settle()
      }
      nowMs = endMs
    },
    reload(page) {
      timers = []
      world.edges = { ...world.edges, page: { ...world.edges.page, ...page } }
    },
    edges: {
      now: () => nowMs,
      random: () => 0.5,
      newId: () => v7({ msecs: nowMs, seq: ++made }),
      setTimer(run, delayMs) {
        const timer = { dueAtMs: nowMs + delayMs, run }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
      page: {
        url: 'https://shop.example/projects?utm_source=newsletter&secret=1',
        referrer: 'https://search.example/?q=private',
        context: () => ({ path: '/projects', title: 'Projects', locale: 'en', sdk: { name: 'sdk', version: '1' } }),
      },
      storage: memoryStorage(),
      openQueue(name, bounds, onFull) {
        const queue = queues.get(name) ?? memoryQueue(bounds, onFull)
        queues.set(name, queue)
        return queue
      },
      async loadDelivery() {
        world.loads++
        if (!world.deliveryLoads) throw new TypeError('Failed to fetch dynamically imported module')
        return {
          openFlusher: (settings) =>
            createFlusher(settings, {
              async post(_url, body) {
                const batch = read(body)
                world.sent.push(batch)
                return world.answer(batch)
              },
              async lock(_name, work) {
                await work()
                return true
              },
            }),
        }
      },
      async postRaw(_url, body) {
        const batch = read(body)
        world.left.push(batch)
        const { results }: Partial<BatchAck> = JSON.parse(world.answer(batch).body || '{}')
        return results?.filter(({ data }) => data).map(({ index }) => index) ?? []
      },
      watchLifecycle(lifecycle) {
        world.lifecycle = lifecycle
      },
    },
  }
  return world
}

const base64url = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** A user token as a server makes it, but for the signature. */
export function userToken(sub: string, fresh = 1): string {
  return `${base64url('{"alg":"HS256"}')}.${base64url(JSON.stringify({ sub, exp: fresh }))}.signature`
}
