import { type SessionClosed, type SessionOpened, sessionBodySchema } from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import { sessionEnd, sessionStart } from '../ingest/session-events.ts'
import type { Store } from '../store/store.ts'
import { type JsonBody, parseAs, readBodyIfAny } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { type IngestDependencies, ingestOne, type Sender, takeIn, toRequest } from './ingest.ts'

interface SessionDependencies extends IngestDependencies {
  store: Store
}

const uuid = z.guid()

/** `POST /v1/sessions`: opens a session. It is nothing but its events, and this is the first of them. */
export function openSessionHandler(deps: SessionDependencies): Handler {
  return async (c) => {
    const { answer, headers } = await takeIn(c, deps, openSession, readBodyIfAny)
    return sendJson(c, answer, { status: 201, headers })
  }
}

/**
 * `POST /v1/sessions/{id}/close`: ends a session, whoever began it, and says how it went. Of one that does not count, as
 * a bot's, there is nothing to say.
 */
export function closeSessionHandler(deps: SessionDependencies): Handler {
  return async (c) => {
    const { answer, headers } = await takeIn(c, deps, closeSession, readBodyIfAny)
    return sendJson(c, answer, { headers })
  }
}

async function openSession(
  c: Context,
  deps: SessionDependencies,
  sender: Sender,
  { json, bytes }: JsonBody,
): Promise<SessionOpened> {
  const { userToken, ...fields } = parseAs(sessionBodySchema, json)
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
  const sessionId = readSessionId(c)
  const { userToken, ...fields } = parseAs(sessionBodySchema, json)
  await ingestOne(sessionEnd(sessionId, fields), await toRequest(c, deps, sender, { userToken }), deps, bytes)
  const session = await deps.store.session(sessionId)
  return {
    sessionId,
    durationMs: session ? session.endedAt - session.startedAt : 0,
    interactionCount: session?.interactions ?? 0,
  }
}

function readSessionId(c: Context): string {
  const parsed = uuid.safeParse(c.req.param('id'))
  if (!parsed.success) throw new HttpProblem('invalid_request', 'the path must be /v1/sessions/{id}/close, with a UUID')
  return parsed.data
}
