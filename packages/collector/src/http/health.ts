import type { Handler } from 'hono'
import type { Store } from '../store/store.ts'
import { HttpProblem, sendJson } from './http-problem.ts'

/** `GET /healthz`: the process answers. */
export const healthHandler: Handler = (c) => sendJson(c, { status: 'ok' })

/** `GET /readyz`: events can be taken. */
export function readyHandler(store: Store): Handler {
  return (c) => {
    if (store.fault()) throw new HttpProblem('storage_unavailable', 'events cannot be stored: see the collector’s log')
    return sendJson(c, { status: 'ready' })
  }
}
