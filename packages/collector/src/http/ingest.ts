import {
  type Ack,
  type BatchAck,
  batchAckSchema,
  batchSchema,
  eventSchema,
  ignoredAckSchema,
  quickParser,
  storedAckSchema,
  toEpochMs,
  trackEnvelopeSchema,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import type { Client, ClientSigns } from '../ingest/client.ts'
import type { ClientKeys } from '../ingest/client-key.ts'
import type { IngestRequest } from '../ingest/draft.ts'
import type { EventResult, Pipeline } from '../ingest/pipeline.ts'
import type { UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { KeyKind, StoredKey } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { readActor } from './actor.ts'
import type { Admission } from './admission.ts'
import type { Arrivals } from './arrivals.ts'
import { type JsonBody, parseAs, parseBody, readBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import { clientBehind } from './client-signs.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import type { OnError } from './observe.ts'
import { described, json, type Operation } from './operation.ts'
import type { Charge, Rates } from './rates.ts'
import type { RequestLimits } from './request-limits.ts'

/** What taking in events needs. */
export interface IngestDependencies {
  pipeline: Pipeline
  ring: KeyRing
  /** Undefined where the collector has no secret to verify user tokens with. */
  userTokens: UserTokenVerifier | undefined
  rates: Rates
  clientKeys: ClientKeys
  readClient: (signs: ClientSigns) => Client
  admission: Admission
  arrivals: Arrivals
  limits: RequestLimits
  onError: OnError
  now: () => number
}

const envelopeParser = quickParser(trackEnvelopeSchema)
const batchParser = quickParser(batchSchema)

export const senders = ['write', 'secret', 'admin'] as const

const rateHeaders = {
  'RateLimit-Policy': 'What may be sent: quota q and window w, of the client and of the key',
  RateLimit: 'What is left r, and the seconds t until all of it is back',
}

const track = {
  id: 'track',
  tag: 'Events',
  summary: 'Takes one event',
  keys: senders,
  userToken: true,
  // What an event must be is for the plan to say as well: the pipeline checks it, and not this schema.
  body: eventSchema.extend(trackEnvelopeSchema.shape),
  answers: {
    200: json('It was accepted, and not stored', ignoredAckSchema, { headers: rateHeaders }),
    201: json('It is stored: committed, to the medium', storedAckSchema, { headers: rateHeaders }),
  },
  problems: [
    'invalid_event',
    'unknown_event_type',
    'unknown_entity_type',
    'missing_prop',
    'occurred_in_future',
    'occurred_too_old',
    'event_too_large',
    'actor_not_allowed',
    'source_not_allowed',
    'server_only',
    'entity_not_found',
  ],
} satisfies Operation

/** `POST /v1/track`: one event, with `sentAt` and `userToken` beside its fields. */
export function trackHandler(deps: IngestDependencies): Handler {
  return described(track, async (c) => {
    const { answer, headers } = await takeIn(c, deps, trackOne)
    return sendJson(c, answer, { status: answer.tracked ? 201 : 200, headers })
  })
}

const batchOf = (maxEvents: number) =>
  ({
    id: 'batch',
    tag: 'Events',
    summary: `Takes up to ${maxEvents} events`,
    description: 'Each has an answer of its own: valid ones are stored even when others are refused.',
    keys: senders,
    userToken: true,
    body: batchSchema.extend({ events: z.array(eventSchema).min(1).max(maxEvents) }),
    answers: { 200: json('A result for each event, in their order', batchAckSchema, { headers: rateHeaders }) },
    problems: ['batch_too_large'],
  }) satisfies Operation

/** `POST /v1/batch`: several events, each with an answer of its own. */
export function batchHandler(deps: IngestDependencies): Handler {
  return described(batchOf(deps.limits.batchEvents), async (c) => {
    const { answer, headers } = await takeIn(c, deps, trackBatch)
    return sendJson(c, answer, { headers })
  })
}

/** Who sent a request, when it came, and what it is charged to. */
export interface Sender {
  key: StoredKey
  receivedAt: number
  /** Names the client for today; null for servers, and where nobody knows the address. */
  clientKey: string | null
  charge: Charge
}

/**
 * From the key to the body, and from there to the commit: what has a body here is counted until it is answered. The
 * headers say what is left of the sender's rates.
 */
export async function takeIn<Answer, Dependencies extends IngestDependencies>(
  c: Context,
  deps: Dependencies,
  work: (c: Context, deps: Dependencies, sender: Sender, body: JsonBody) => Promise<Answer>,
  read = readBody,
): Promise<{ answer: Answer; headers: Record<string, string> }> {
  const sender = await admitSender(c, deps, senders)
  const raw = await read(c, deps.arrivals)
  const answer = await deps.admission.hold(raw.bytes.byteLength, async () =>
    work(c, deps, sender, await parseBody(raw)),
  )
  return { answer, headers: sender.charge.headers() }
}

/**
 * Key, origin and rate.
 *
 * @throws {HttpProblem} as {@link requireKey}, and `rate_limited`
 */
export async function admitSender(
  c: Context,
  { ring, rates, clientKeys, now }: IngestDependencies,
  kinds: readonly KeyKind[],
): Promise<Sender> {
  const receivedAt = now()
  const key = await requireKey(c, ring, kinds)
  const address = key.kind === 'write' ? clientAddress(c) : null
  const clientKey = address === null ? null : clientKeys(address)
  return { key, receivedAt, clientKey, charge: rates.charge(key, clientKey) }
}

async function trackOne(c: Context, deps: IngestDependencies, sender: Sender, { json, bytes }: JsonBody): Promise<Ack> {
  const { sentAt, userToken } = parseAs(envelopeParser, json)
  // From the body itself: what a schema hands on lacks a key such as __proto__, which must not pass unseen.
  const { sentAt: _sentAt, userToken: _userToken, ...event } = json as Record<string, unknown>
  return ingestOne(event, await toRequest(c, deps, sender, { sentAt, userToken }), deps, bytes)
}

/** @throws {HttpProblem} when the event is refused */
export async function ingestOne(
  event: Record<string, unknown>,
  request: IngestRequest,
  { pipeline, limits }: IngestDependencies,
  bodyBytes: number,
): Promise<Ack> {
  const inputs = { events: [event], pointer: '', maxBytes: boundIn(bodyBytes, limits) }
  const [result] = await pipeline.ingest(inputs, request)
  if (!result) throw new HttpProblem('internal', 'there is no answer for this event')
  if ('rejection' in result) {
    const { code, detail, errors } = result.rejection
    throw new HttpProblem(code, detail, errors && { errors })
  }
  return result.ack
}

async function trackBatch(
  c: Context,
  deps: IngestDependencies,
  sender: Sender,
  { json, bytes }: JsonBody,
): Promise<BatchAck> {
  const { events, attribution, context, ...envelope } = parseAs(batchParser, json)
  const { batchEvents } = deps.limits
  if (events.length > batchEvents) {
    const detail = `a batch may have at most ${batchEvents} events, this one has ${events.length}`
    throw new HttpProblem('batch_too_large', detail, { errors: [{ pointer: '/events', code: 'too_big', detail }] })
  }
  sender.charge.add(events.length - 1)
  const request = await toRequest(c, deps, sender, envelope)
  const inputs = { events, pointer: '/events', maxBytes: boundIn(bytes, deps.limits) }
  return toBatchAck(await deps.pipeline.ingest(inputs, { ...request, attribution, context }))
}

/** How large an event may be, where one of a body of this size may be larger: mostly none can. */
const boundIn = (bodyBytes: number, { eventBytes }: RequestLimits) => (bodyBytes > eventBytes ? eventBytes : undefined)

/** What all events of a request share. */
export async function toRequest(
  c: Context,
  { userTokens, readClient }: IngestDependencies,
  { key, receivedAt, clientKey }: Sender,
  { sentAt, userToken }: { sentAt?: string | number | undefined; userToken?: string | undefined },
): Promise<IngestRequest> {
  return {
    receivedAt,
    ...(sentAt !== undefined && { sentAt: toEpochMs(sentAt) }),
    trust: key.kind === 'write' ? 'public' : 'server',
    keyId: key.id,
    clientKey,
    actor: await readActor(c, userTokens, userToken),
    client: clientBehind(c, key, readClient),
  }
}

function toBatchAck(results: readonly EventResult[]): BatchAck {
  const failed = results.filter((result) => 'rejection' in result).length
  return {
    total: results.length,
    successful: results.length - failed,
    failed,
    results: results.map((result, index) =>
      'ack' in result
        ? { index, status: 'fulfilled', data: result.ack, error: null }
        : { index, status: 'rejected', data: null, error: result.rejection },
    ),
  }
}
