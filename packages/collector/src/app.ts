import type { CompiledPlan } from '@tallymark/schemas'
import { Hono } from 'hono'
import { addKeyHandler, listKeysHandler, revokeKeyHandler, rotateKeyHandler } from './http/admin-keys.ts'
import { Admission, admit } from './http/admission.ts'
import { Arrivals } from './http/arrivals.ts'
import { trustProxies } from './http/client-address.ts'
import { corsFor } from './http/cors.ts'
import { countsCaching, countsHandler } from './http/counts.ts'
import { getEntityHandler, putEntityHandler } from './http/entities.ts'
import { healthHandler, readyHandler } from './http/health.ts'
import { HttpProblem } from './http/http-problem.ts'
import { batchHandler, trackHandler } from './http/ingest.ts'
import { pixelHandler } from './http/pixel.ts'
import { type RateOptions, Rates } from './http/rates.ts'
import { answerProblem, methodNotAllowed, refuseBrokenEncoding, refuseWhileStopping } from './http/refusals.ts'
import { scriptFiles, scriptHandler } from './http/script.ts'
import type { ClientKeys } from './ingest/client-key.ts'
import { Pipeline } from './ingest/pipeline.ts'
import type { UserTokenVerifier } from './ingest/user-token.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { Store } from './store/store.ts'

export interface AppOptions {
  plan: CompiledPlan
  store: Store
  ring: KeyRing
  userTokens: UserTokenVerifier | undefined
  /** What clients and keys may send. */
  rates: RateOptions
  clientKeys: ClientKeys
  /** Proxies in front of the collector; default: none. */
  trustProxy?: number
  /** Told of every error that is not the client's. */
  onError: (error: unknown) => void
  /** Whether the collector is stopping: it finishes what is under way and takes nothing new. */
  isStopping?: () => boolean
  now?: () => number
}

/** The collector's routes and what stands before them. It can be mounted in any Hono app. */
export function createApp(options: AppOptions): Hono {
  const {
    plan,
    store,
    ring,
    userTokens,
    clientKeys,
    trustProxy = 0,
    onError,
    isStopping = () => false,
    now = Date.now,
  } = options
  const admission = new Admission()
  const arrivals = new Arrivals()
  const pipeline = new Pipeline(plan, store)
  const rates = new Rates(options.rates, now)
  const ingest = { pipeline, ring, rates, clientKeys, userTokens, plan, admission, arrivals, onError, now }
  const entities = { plan, ring, store, arrivals }
  const keys = { ring, store, arrivals, now }
  const app = new Hono()

  app.onError(answerProblem(onError))
  app.notFound(() => {
    throw new HttpProblem('not_found', 'there is nothing under this path: see the README for what there is')
  })

  app.get('/healthz', healthHandler)
  app.get('/readyz', readyHandler(store))
  for (const file of scriptFiles) app.get(`/${file}`, scriptHandler(file))

  if (trustProxy > 0) app.use('/v1/*', trustProxies(trustProxy))
  app.use('/v1/*', corsFor(ring))
  // Before the refusals: an image comes whatever became of the event.
  app.get('/v1/pixel.gif', pixelHandler({ ...ingest, isStopping }))
  app.use('/v1/*', refuseWhileStopping(isStopping), admit(admission), refuseBrokenEncoding)
  app.post('/v1/track', trackHandler(ingest))
  app.post('/v1/batch', batchHandler(ingest))
  app.get('/v1/counts', countsCaching, countsHandler({ plan, ring, store }))
  app.put('/v1/entities/:type/:id', putEntityHandler(entities))
  app.get('/v1/entities/:type/:id', getEntityHandler(entities))
  app.get('/v1/admin/keys', listKeysHandler(keys))
  app.post('/v1/admin/keys', addKeyHandler(keys))
  app.post('/v1/admin/keys/:id/rotate', rotateKeyHandler(keys))
  app.delete('/v1/admin/keys/:id', revokeKeyHandler(keys))

  methodNotAllowed(app)
  return app
}
