import {
  type BatchAck,
  batchSchema,
  limits,
  rejectionFromZod,
  toEpochMs,
  trackEnvelopeSchema,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import type { z } from 'zod'
import type { Client, ClientSigns } from '../ingest/client.ts'
import type { IngestRequest } from '../ingest/draft.ts'
import type { EventResult, Pipeline } from '../ingest/pipeline.ts'
import { InvalidUserToken, type UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Actor, StoredKey } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { readJson } from './body.ts'
import { clientBehind } from './client-signs.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import type { OnError } from './observe.ts'

/** What taking in events needs. */
export interface IngestDependencies {
  pipeline: Pipeline
  ring: KeyRing
  /** Undefined where the collector has no secret to verify user tokens with. */
  userTokens: UserTokenVerifier | undefined
  readClient: (signs: ClientSigns) => Client
  onError: OnError
  now: () => number
}

/** `POST /v1/track`: one event, with `sentAt` and `userToken` beside its fields. */
export function trackHandler(deps: IngestDependencies): Handler {
  return async (c) => {
    const receivedAt = deps.now()
    const key = await requireKey(c, deps.ring, ['write', 'secret', 'admin'])
    const { json, bytes } = await readJson(c)
    const { sentAt, userToken } = parse(trackEnvelopeSchema, json)
    // From the body itself: what a schema hands on lacks a key such as __proto__, which must not pass unseen.
    const { sentAt: _sentAt, userToken: _userToken, ...event } = json as Record<string, unknown>
    const request = await toRequest(c, deps, key, receivedAt, { sentAt, userToken })
    const inputs = { events: [event], pointer: '', mayBeTooLarge: bytes > limits.maxEventBytes }
    const [result] = await deps.pipeline.ingest(inputs, request)
    if (!result) throw new HttpProblem('internal', 'there is no answer for this event')
    if ('rejection' in result) {
      const { code, detail, errors } = result.rejection
      throw new HttpProblem(code, detail, errors && { errors })
    }
    return sendJson(c, result.ack, result.ack.tracked ? 201 : 200)
  }
}

/** `POST /v1/batch`: up to 50 events, each with an answer of its own. */
export function batchHandler(deps: IngestDependencies): Handler {
  return async (c) => {
    const receivedAt = deps.now()
    const key = await requireKey(c, deps.ring, ['write', 'secret', 'admin'])
    const { json, bytes } = await readJson(c)
    const { events, attribution, context, ...envelope } = parse(batchSchema, json)
    if (events.length > limits.maxBatchEvents) {
      const detail = `a batch may have at most ${limits.maxBatchEvents} events, this one has ${events.length}`
      throw new HttpProblem('batch_too_large', detail, { errors: [{ pointer: '/events', code: 'too_big', detail }] })
    }
    const request = await toRequest(c, deps, key, receivedAt, envelope)
    const inputs = { events, pointer: '/events', mayBeTooLarge: bytes > limits.maxEventBytes }
    return sendJson(c, toBatchAck(await deps.pipeline.ingest(inputs, { ...request, attribution, context })))
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const { code, detail, errors } = rejectionFromZod(parsed.error, '', 'invalid_request')
  throw new HttpProblem(code, detail, errors && { errors })
}

async function toRequest(
  c: Context,
  { userTokens, readClient }: IngestDependencies,
  key: StoredKey,
  receivedAt: number,
  { sentAt, userToken }: { sentAt?: string | number | undefined; userToken?: string | undefined },
): Promise<IngestRequest> {
  return {
    receivedAt,
    ...(sentAt !== undefined && { sentAt: toEpochMs(sentAt) }),
    trust: key.kind === 'write' ? 'public' : 'server',
    sender: key.id,
    actor: await readActor(c.req.header('x-user-token') ?? userToken, userTokens),
    client: clientBehind(c, key, readClient),
  }
}

/** Who acts, by the request’s user token; null where there is none. */
export async function readActor(
  token: string | undefined,
  verify: UserTokenVerifier | undefined,
): Promise<Actor | null> {
  if (token === undefined) return null
  if (!verify) {
    const detail = 'this collector has no --user-token-secret, so it cannot know who the user is'
    throw new HttpProblem('user_token_unsupported', detail)
  }
  try {
    return await verify(token)
  } catch (error) {
    if (error instanceof InvalidUserToken) throw new HttpProblem('invalid_user_token', error.message)
    throw error
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
