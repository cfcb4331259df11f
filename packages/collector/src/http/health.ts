import type { Handler } from 'hono'
import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'

/** However often it is asked, the medium is tried once in so long. */
const probeEveryMs = 1000
/** A disk that hangs is as good as none. */
const probeTimeoutMs = 2000

const health = {
  id: 'getHealth',
  tag: 'Health',
  summary: 'The process answers',
  answers: { 200: json('It does', z.object({ status: z.literal('ok') })) },
} satisfies Operation

/** `GET /healthz`: the process answers. */
export const healthHandler: Handler = described(health, (c) => sendJson(c, { status: 'ok' }))

const readiness = {
  id: 'getReadiness',
  tag: 'Health',
  summary: 'Events can be taken, which is tried',
  answers: { 200: json('They can', z.object({ status: z.literal('ready') })) },
  problems: ['shutting_down', 'storage_unavailable'],
} satisfies Operation

/**
 * `GET /readyz`: events can be taken. It tries: a collector that nobody sends to while it is red would never notice
 * that the disk is back.
 */
export function readyHandler(store: Pick<Store, 'probe'>, isStopping: () => boolean): Handler {
  let probing: Promise<boolean> | undefined
  let probedAt = Number.NEGATIVE_INFINITY
  const isReady = () => {
    const at = performance.now()
    if (!probing || at - probedAt >= probeEveryMs) {
      probedAt = at
      probing = inTime(store.probe())
    }
    return probing
  }
  return described(readiness, async (c) => {
    if (isStopping()) throw new HttpProblem('shutting_down', 'the collector is stopping')
    if (await isReady()) return sendJson(c, { status: 'ready' })
    throw new HttpProblem('storage_unavailable', 'events cannot be stored: see the collector’s log')
  })
}

async function inTime(probe: Promise<void>): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => timeout.resolve(false), probeTimeoutMs)
  try {
    return await Promise.race([probe.then(() => true).catch(() => false), timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
