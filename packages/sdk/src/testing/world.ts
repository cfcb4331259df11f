import { type BatchAck, type BatchInput, batchSchema, eventSchema, type ProblemCode, problem } from '@tallymark/schemas'
import { v7 } from 'uuid'
import type { Answer } from '../answer.ts'
import { openSender } from '../delivery.ts'
import type { Edges } from '../edges.ts'
import * as extras from '../extras.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { createMemoryStorage } from '../memory-storage.ts'
import { openQueue, type Queue } from '../queue.ts'

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
  /** Shows a page that was prerendered. */
  activate(): void
  extraLoads: number
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
  return { status: 200, body: JSON.stringify(ack), retryAfter: null }
}

export const acceptBut =
  (refused: (event: BatchInput['events'][number]) => ProblemCode | undefined) =>
  (batch: BatchInput): Answer => {
    const ack: BatchAck = JSON.parse(accept(batch).body)
    batch.events.forEach((event, index) => {
      const code = refused(event)
      if (code) ack.results[index] = { index, status: 'rejected', data: null, error: { code, detail: 'because' } }
    })
    return { status: 200, body: JSON.stringify(ack), retryAfter: null }
  }

export const refuse =
  (code: ProblemCode, retryAfterMs = 0) =>
  (): Answer => {
    const said = problem(code, 'because')
    return {
      status: said.status,
      body: JSON.stringify(said),
      retryAfter: retryAfterMs ? `${retryAfterMs / 1_000}` : null,
    }
  }

export const unreachable = (): Answer => ({ status: 0, body: '', retryAfter: null })

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
    activate() {},
    extraLoads: 0,
    loads: 0,
    deliveryLoads: true,
    lifecycle: { leave() {}, online() {}, changed() {} },
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
        navigator: { doNotTrack: null, webdriver: false, userAgent: 'Mozilla/5.0' },
        document: {
          addEventListener(_type: string, listener: () => void) {
            world.activate = () => {
              world.edges.page.document.prerendering = false
              listener()
            }
          },
        },
        context: () => ({ path: '/projects', title: 'Projects', locale: 'en', sdk: { name: 'sdk', version: '1' } }),
      },
      storage: createMemoryStorage(),
      // In memory, where nothing takes time; what is kept outlives the page nevertheless.
      openQueue(name, bounds, drop, spill, persist) {
        const queue = (persist && queues.get(name)) || openQueue(name, bounds, drop, spill, false)
        if (persist) queues.set(name, queue)
        return queue
      },
      loadExtras: async () => {
        world.extraLoads++
        return extras
      },
      async loadDelivery() {
        world.loads++
        if (!world.deliveryLoads) throw new TypeError('Failed to fetch dynamically imported module')
        return {
          openSender: (settings) =>
            openSender(settings, {
              async post(_url, body) {
                const batch = read(body)
                world.sent.push(batch)
                return world.answer(batch)
              },
              async lock(_name, work) {
                await work()
                return true
              },
              random: () => 0.5,
            }),
        }
      },
      async postLeaving(_url, body) {
        const batch = read(body)
        world.left.push(batch)
        const { status, body: answered, retryAfter } = world.answer(batch)
        return status ? new Response(answered, { status, headers: { 'retry-after': retryAfter ?? '' } }) : undefined
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
