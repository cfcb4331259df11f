import { durationOf, surfaceOf } from '@tallymark/schemas'
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
    source: event.source ?? 'web',
    surface: surfaceOf(event, declaration) ?? null,
    position: event.position ?? null,
    durationMs: durationOf(event, declaration) ?? null,
    completed: event.completed ?? null,
    props: toJson(event.props),
    attribution: toJson(draft.attribution),
    context: toJson(draft.context),
    occurredAt: draft.occurredAt,
    receivedAt: request.receivedAt,
    dedupe: draft.dedupe,
    expired: draft.outOfTime !== undefined,
  }
}

const toJson = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value))
