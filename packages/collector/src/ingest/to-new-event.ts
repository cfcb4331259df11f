import { type Attribution, type Context, durationOf, surfaceOf } from '@tallymark/schemas'
import type { NewEvent } from '../store/store.ts'
import type { Draft } from './draft.ts'

/** The draft as the log takes it. */
export function toNewEvent(draft: Draft): NewEvent {
  const { event, declaration, plan, request } = draft
  return {
    id: draft.id,
    trust: request.trust,
    eventType: event.eventType,
    entityType: event.entityType ?? null,
    entityId: event.entityId === undefined ? null : String(event.entityId),
    registered: event.entityType !== undefined && plan.entity(event.entityType)?.registered === true,
    actor: draft.actor,
    anonymousId: event.anonymousId ?? null,
    sessionId: event.sessionId ?? null,
    dayViewer: draft.dayViewer,
    clientKey: request.clientKey,
    source: event.source ?? 'web',
    surface: surfaceOf(event, declaration) ?? null,
    position: event.position ?? null,
    durationMs: durationOf(event, declaration) ?? null,
    completed: event.completed ?? null,
    props: event.props === undefined ? null : JSON.stringify(event.props),
    ...splitAttribution(draft.attribution),
    channel: draft.channel,
    ...splitContext(draft.context),
    agent: request.client?.agent.json ?? null,
    country: request.client?.country ?? null,
    region: request.client?.region ?? null,
    bot: draft.bot,
    occurredAt: draft.occurredAt,
    receivedAt: request.receivedAt,
    dedupe: draft.dedupe,
    expired: draft.outOfTime !== undefined,
  }
}

/** The campaign is the same for many visitors; where this one came from, and by which click, is not. */
function splitAttribution(attribution: Attribution = {}): Pick<NewEvent, 'campaign' | 'arrival'> {
  const { referrer, landingPage, clickId, ...campaign } = attribution
  return { campaign: toJson(campaign), arrival: toJson({ referrer, landingPage, clickId }) }
}

/** A device says the same all the time; the page changes. Who drives the browser is kept as the bot's sign. */
function splitContext(context: Context = {}): Pick<NewEvent, 'device' | 'page'> {
  const { path, title, webdriver, ...device } = context
  return { device: toJson(device), page: toJson({ path, title }) }
}

/** Null for what says nothing. */
function toJson(value: object): string | null {
  const json = JSON.stringify(value)
  return json === '{}' ? null : json
}
