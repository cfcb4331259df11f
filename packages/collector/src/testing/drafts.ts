import { compilePlan, generalPlan } from '@tallymark/schemas'
import type { Client } from '../ingest/client.ts'
import { decode } from '../ingest/decode.ts'
import type { Draft, IngestRequest } from '../ingest/draft.ts'

const plan = compilePlan(generalPlan)

/** A browser of which nothing is known, with whatever a test wants to be different. */
export function someClient(fields: Partial<Client> = {}): Client {
  const agent = { json: null, isBot: false }
  return { agent, country: null, region: null, inDatacenter: false, dayViewer: null, ...fields }
}

/** An event on its way: decoded, with what it said of itself taken over, before the steps that add to it. */
export function draftOf(event: Record<string, unknown>, request: Partial<IngestRequest> = {}): Draft {
  const whole: IngestRequest = {
    receivedAt: 0,
    trust: 'public',
    keyId: 'k1',
    clientKey: null,
    actor: null,
    client: someClient(),
    ...request,
  }
  const draft = decode({ eventType: 'page_view', ...event }, { pointer: '' }, plan, whole)
  if (!('event' in draft)) throw new Error(draft.detail)
  draft.attribution = draft.event.attribution
  draft.context = draft.event.context
  return draft
}
