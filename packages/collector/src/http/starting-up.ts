import { problem } from '@tallymark/schemas'
import { Hono } from 'hono'
import { corsFor } from './cors.ts'
import { sendProblem } from './http-problem.ts'

/**
 * What answers until the collector has opened its file: everybody is told to wait. The keys are not known yet, so
 * every page may read that; a preflight's answer must not outlive the start.
 */
export function startingUp(): Hono {
  const app = new Hono()
  app.use(corsFor({ allowsOrigin: async () => true }, { preflightSeconds: 0 }))
  app.all('*', (c) =>
    sendProblem(c, problem('storage_unavailable', 'the collector is starting: send it again'), { 'Retry-After': '1' }),
  )
  return app
}
