import type { CommonOptions, EntityRef } from '@tallymark/schemas'
import type { Session } from './session-rules.ts'
import type { Context, TrackedEvent } from './tracked-event.ts'

/** What a caller of `track` says of an event, whatever the plan. */
export interface EventOptions extends CommonOptions {
  entity?: EntityRef
  surface?: string
  position?: number
  props?: Record<string, unknown>
}

/** Where and when an event is made: everything that the caller does not say. */
export interface Surroundings {
  id: string
  nowMs: number
  session: Session
  anonymousId: string
  context: Context
}

/**
 * Makes an event. Keys that no option has are passed on on purpose: the collector refuses them by name, and a typo
 * in a page without types shows up as a dropped event instead of vanishing.
 */
export function buildEvent(
  eventType: string,
  { entity, occurredAt, ...said }: EventOptions,
  at: Surroundings,
): TrackedEvent {
  return {
    ...said,
    eventType,
    ...(entity && { entityType: entity.type, entityId: entity.id }),
    sessionId: at.session.id,
    anonymousId: at.anonymousId,
    attribution: at.session.attribution,
    context: at.context,
    occurredAt: occurredAt instanceof Date ? occurredAt.getTime() : (occurredAt ?? at.nowMs),
    idempotencyKey: at.id,
  }
}
