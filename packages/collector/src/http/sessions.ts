import {
  type SessionClosed,
  type SessionOpened,
  sessionBodySchema,
  sessionClosedSchema,
  sessionOpenedSchema,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import { sessionEnd, sessionStart } from '../ingest/session-events.ts'
import type { Store } from '../store/store.ts'
import { type JsonBody, parseAs, readBodyIfAny } from './body.ts'
import { sendJson } from './http-problem.ts'
import { type IngestDependencies, ingestOne, type Sender, senders, takeIn, toRequest } from './ingest.ts'
import { described, json, type Operation } from './operation.ts'
import { readParams } from './query.ts'

/** What can be wrong with the event that marks a session's beginning or its end. */
const markerProblems = ['invalid_event', 'actor_not_allowed', 'source_not_allowed'] as const

interface SessionDependencies extends IngestDependencies {
  store: Store
}

const open = {
  id: 'openSession',
  tag: 'Events',
  summary: 'Opens a session',
  description: 'For clients without the SDK.',
  keys: senders,
  userToken: true,
  body: sessionBodySchema,
  bodyIsOptional: true,
  answers: { 201: json('The session', sessionOpenedSchema) },
  problems: markerProblems,
} satisfies Operation

/** `POST /v1/sessions`: opens a session. It is nothing but its events, and this is the first of them. */
export function openSessionHandler(deps: SessionDependencies): Handler {
  return described(open, async (c) => {
    const { answer, headers } = await takeIn(c, deps, openSession, readBodyIfAny)
    return sendJson(c, answer, { status: 201, headers })
  })
}

const close = {
  id: 'closeSession',
  tag: 'Events',
  summary: 'Ends a session, and says how it went',
  keys: senders,
  userToken: true,
  params: z.object({ id: z.guid() }),
  body: sessionBodySchema,
  bodyIsOptional: true,
  answers: { 200: json('What it came to', sessionClosedSchema) },
  problems: markerProblems,
} satisfies Operation

/**
 * `POST /v1/sessions/{id}/close`: ends a session, whoever began it, and says how it went. Of one that does not count, as
 * a bot's, there is nothing to say.
 */
export function closeSessionHandler(deps: SessionDependencies): Handler {
  return described(close, async (c) => {
    const { answer, headers } = await takeIn(c, deps, closeSession, readBodyIfAny)
    return sendJson(c, answer, { headers })
  })
}

async function openSession(
  c: Context,
  deps: SessionDependencies,
  sender: Sender,
  { json, bytes }: JsonBody,
): Promise<SessionOpened> {
  const { userToken, ...fields } = parseAs(open.body, json)
  const event = sessionStart(fields)
  await ingestOne(event, await toRequest(c, deps, sender, { userToken }), deps, bytes)
  return { sessionId: event.sessionId, startedAt: new Date(sender.receivedAt).toISOString() }
}

async function closeSession(
  c: Context,
  deps: SessionDependencies,
  sender: Sender,
  { json, bytes }: JsonBody,
): Promise<SessionClosed> {
  const { id: sessionId } = readParams(c, close.params)
  const { userToken, ...fields } = parseAs(close.body, json)
  await ingestOne(sessionEnd(sessionId, fields), await toRequest(c, deps, sender, { userToken }), deps, bytes)
  const session = await deps.store.session(sessionId)
  return {
    sessionId,
    durationMs: session ? session.endedAt - session.startedAt : 0,
    interactionCount: session?.interactions ?? 0,
  }
}
