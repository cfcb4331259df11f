import type { ProblemCode, Rejection } from '@tallymark/schemas'
import type { Step } from './draft.ts'

/** What only a server may claim: who acted, channels other than a browser's, and event types kept for servers. */
export const authorise: Step = (draft) => {
  const { event, declaration, request, pointer } = draft
  const { actorId, actorType, source } = event
  if (request.trust === 'server') {
    if (actorId === undefined && actorType !== undefined) {
      return refusal('invalid_event', `${pointer}/actorId`, 'actorId is missing: an actorType alone names nobody')
    }
    if (actorId !== undefined) draft.actor = { id: actorId, type: actorType ?? null, traits: null }
    return undefined
  }
  if (actorId !== undefined || actorType !== undefined) {
    const field = actorId === undefined ? 'actorType' : 'actorId'
    return refusal('actor_not_allowed', `${pointer}/${field}`, `${field} needs a secret key: send a user token instead`)
  }
  if (source !== undefined && source !== 'web' && source !== 'mobile') {
    return refusal('source_not_allowed', `${pointer}/source`, `source '${source}' needs a secret key`)
  }
  if (declaration.serverOnly) {
    return refusal('server_only', `${pointer}/eventType`, `'${event.eventType}' needs a secret key`)
  }
  return undefined
}

function refusal(code: ProblemCode, pointer: string, detail: string): Rejection {
  return {
    code,
    detail,
    errors: [{ pointer, code: code === 'invalid_event' ? 'missing_field' : 'invalid_value', detail }],
  }
}
