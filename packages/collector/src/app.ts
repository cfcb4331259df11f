import { type CompiledPlan, problem } from '@tallymark/schemas'
import { Hono } from 'hono'
import {
  addActivationHandler,
  changeActivationHandler,
  getActivationHandler,
  listActivationsHandler,
  rotateActivationHandler,
} from './http/activations.ts'
import { backupHandler, flushHandler, type IngestSettings, refreshScoresHandler, statsHandler } from './http/admin.ts'
import { addKeyHandler, listKeysHandler, revokeKeyHandler, rotateKeyHandler } from './http/admin-keys.ts'
import { Admission, admit } from './http/admission.ts'
import { Arrivals } from './http/arrivals.ts'
import { publicCaching } from './http/caching.ts'
import { trustProxies } from './http/client-address.ts'
import { corsFor } from './http/cors.ts'
import { countsHandler } from './http/counts.ts'
import { docsHandler, guideHandler } from './http/docs.ts'
import { deleteEntityHandler, getEntityHandler, putEntityHandler } from './http/entities.ts'
import { listEntitiesHandler, putEntitiesHandler } from './http/entity-list.ts'
import { eraseUserHandler, eraseVisitorHandler } from './http/erasure.ts'
import { errorsHandler, purgeErrorsHandler } from './http/errors.ts'
import { exportHandler } from './http/export.ts'
import { healthHandler, readyHandler } from './http/health.ts'
import { sendProblem } from './http/http-problem.ts'
import { batchHandler, trackHandler } from './http/ingest.ts'
import { metricsHandler } from './http/metrics.ts'
import { type OnError, observeRequests, type RequestLine } from './http/observe.ts'
import { documentOf, openApiHandler } from './http/openapi.ts'
import { keepLinkSecret, partnerStatsHandler } from './http/partner-stats.ts'
import { pixelHandler } from './http/pixel.ts'
import { preferencesHandler, preferHandler } from './http/preferences.ts'
import { type RateOptions, Rates } from './http/rates.ts'
import { answerProblem, methodNotAllowed, refuseBrokenEncoding, refuseWhileStopping } from './http/refusals.ts'
import { purgeRejectedHandler, rejectedEventsHandler, rejectedHandler, replayHandler } from './http/rejected.ts'
import { reportCaching, reportHandler } from './http/reports.ts'
import { defaultLimits, type RequestLimits } from './http/request-limits.ts'
import { getRetentionHandler, pruneHandler, type RetentionControl, setRetentionHandler } from './http/retention.ts'
import { scriptFiles, scriptHandler } from './http/script.ts'
import { closeSessionHandler, openSessionHandler } from './http/sessions.ts'
import { unregisteredHandler } from './http/unregistered.ts'
import { limitGuesses } from './http/wrong-keys.ts'
import type { Client, ClientSigns } from './ingest/client.ts'
import { dividingErrors } from './ingest/client-errors.ts'
import type { ClientKeys } from './ingest/client-key.ts'
import type { BotPolicy } from './ingest/mark-bot.ts'
import { Pipeline } from './ingest/pipeline.ts'
import { RejectedEvents } from './ingest/rejected-events.ts'
import type { UserTokenVerifier } from './ingest/user-token.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { Meter } from './metrics/meter.ts'
import { reports } from './reports/reports.ts'
import type { TrendingRule } from './reports/trending-rule.ts'
import type { Store } from './store/store.ts'

export interface AppOptions {
  plan: CompiledPlan
  store: Store
  ring: KeyRing
  userTokens: UserTokenVerifier | undefined
  /** What clients and keys may send. */
  rates: RateOptions
  clientKeys: ClientKeys
  /** How large requests may be. */
  limits?: RequestLimits
  /** Proxies in front of the collector; default: none. */
  trustProxy?: number
  /** Makes of a request's signs what is kept of them. */
  readClient: (signs: ClientSigns) => Client
  bots: BotPolicy
  /** What trending compares, and how. */
  trending: TrendingRule
  /** Whether what is public may be read without a key; default: not. */
  publicReads?: boolean
  onError: OnError
  /** Shown to the admin. */
  settings: IngestSettings
  retention: RetentionControl
  /** Counts what the app does; one of its own unless somebody else counts as well. */
  meter?: Meter
  /** Told of every request once it is answered. */
  onRequest?: ((line: RequestLine) => void) | undefined
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
    readClient,
    bots,
    trending,
    publicReads = false,
    settings,
    retention,
    onError,
    onRequest,
    limits = defaultLimits,
    isStopping = () => false,
    now = Date.now,
    meter = new Meter(store, now),
  } = options
  const admission = new Admission()
  const arrivals = new Arrivals(limits.bodyBytes)
  const rates = new Rates(options.rates, now)
  const rejected = new RejectedEvents(store, onError)
  const metered = dividingErrors({
    append: meter.timed((events) => store.append(events)),
    keepErrors: (errors) => store.keepErrors(errors),
  })
  const pipeline = new Pipeline(plan, metered, bots, (events, results, request) => {
    meter.ingested(results, request)
    rejected.observe(events, results, request)
  })
  const senders = { ring, rates, clientKeys, userTokens, readClient }
  const ingest = { ...senders, pipeline, plan, store, admission, arrivals, limits, onError, now }
  const reads = { plan, ring, store, userTokens, arrivals, trending, publicReads, onError, now }
  const entities = { plan, ring, store, arrivals }
  const activations = { plan, ring, store, arrivals, now }
  const people = { ring, store, userTokens, rejected }
  const keys = { ring, store, arrivals, now }
  const admin = {
    plan,
    ring,
    store,
    arrivals,
    meter,
    settings,
    retention,
    rejected,
    replayPipeline: new Pipeline(plan, metered, bots),
  }
  const app = new Hono()
  const readDocument = documentOf(app)

  app.use(observeRequests({ count: (route, status) => meter.requestDone(route, status), onRequest }))
  app.onError(answerProblem(onError))
  app.notFound((c) =>
    sendProblem(c, problem('not_found', 'there is nothing under this path: /docs says what there is')),
  )

  app.get('/healthz', healthHandler)
  app.get('/readyz', readyHandler(store, isStopping))
  app.get('/metrics', metricsHandler(meter))
  app.get('/openapi.json', openApiHandler(readDocument))
  app.get('/docs', docsHandler(readDocument))
  app.get('/docs/:guide', guideHandler(readDocument))
  for (const file of scriptFiles) app.get(`/${file}`, scriptHandler(file))

  if (trustProxy > 0) app.use('/v1/*', trustProxies(trustProxy))
  app.use('/v1/*', corsFor(ring))
  // Before the refusals: an image comes whatever became of the event.
  app.get('/v1/pixel.gif', pixelHandler({ ...ingest, isStopping }))
  app.use('/v1/*', refuseWhileStopping(isStopping), admit(admission, limits.bodyBytes), limitGuesses(rates, clientKeys))
  app.use('/v1/*', refuseBrokenEncoding)
  app.post('/v1/track', trackHandler(ingest))
  app.post('/v1/batch', batchHandler(ingest))
  app.post('/v1/sessions', openSessionHandler(ingest))
  app.post('/v1/sessions/:id/close', closeSessionHandler(ingest))
  app.post('/v1/preferences', preferHandler(ingest))
  app.get('/v1/users/:id/preferences', preferencesHandler(ingest))
  app.get('/v1/counts', publicCaching, countsHandler(reads))
  for (const report of reports) app.on(report.method, report.path, reportCaching(report), reportHandler(report, reads))
  app.get('/v1/export', exportHandler(reads))
  app.put('/v1/entities/:type/:id', putEntityHandler(entities))
  app.get('/v1/entities/:type/:id', getEntityHandler(entities))
  app.delete('/v1/entities/:type/:id', deleteEntityHandler(entities))
  app.post('/v1/entities', putEntitiesHandler(entities))
  app.get('/v1/entities', listEntitiesHandler(entities))
  app.post('/v1/activations', addActivationHandler(activations))
  app.get('/v1/activations', listActivationsHandler(activations))
  app.get('/v1/activations/:id', getActivationHandler(activations))
  app.patch('/v1/activations/:id', changeActivationHandler(activations))
  app.post('/v1/activations/:id/rotate', rotateActivationHandler(activations))
  app.get('/v1/partner-stats/:activationId', keepLinkSecret, partnerStatsHandler(reads))
  app.delete('/v1/users/:id', eraseUserHandler(people))
  app.delete('/v1/visitors/:anonymousId', eraseVisitorHandler(people))
  app.get('/v1/admin/keys', listKeysHandler(keys))
  app.post('/v1/admin/keys', addKeyHandler(keys))
  app.post('/v1/admin/keys/:id/rotate', rotateKeyHandler(keys))
  app.delete('/v1/admin/keys/:id', revokeKeyHandler(keys))
  app.get('/v1/admin/stats', statsHandler(admin))
  app.post('/v1/admin/flush', flushHandler(admin))
  app.get('/v1/admin/rejected', rejectedHandler(admin))
  app.delete('/v1/admin/rejected', purgeRejectedHandler(admin))
  app.get('/v1/admin/rejected/events', rejectedEventsHandler(admin))
  app.post('/v1/admin/rejected/replay', replayHandler(admin))
  app.get('/v1/admin/errors', errorsHandler(admin))
  app.delete('/v1/admin/errors', purgeErrorsHandler(admin))
  app.get('/v1/admin/unregistered', unregisteredHandler(admin))
  app.get('/v1/admin/retention', getRetentionHandler(admin))
  app.put('/v1/admin/retention', setRetentionHandler(admin))
  app.post('/v1/admin/retention', pruneHandler(admin))
  app.post('/v1/admin/scores/refresh', refreshScoresHandler(admin))
  app.post('/v1/admin/backup', backupHandler(admin))

  methodNotAllowed(app)
  return app
}
