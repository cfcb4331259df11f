import type { CommonOptions, EntityRef } from '@tallymark/schemas'
import type { TrackedEvent } from './tracked-event.ts'

/** What a caller of `track` says of an event, whatever the plan. */
export interface EventOptions extends CommonOptions {
  entity?: EntityRef
  surface?: string
  position?: number
  props?: Record<string, unknown>
}

/** What the SDK knows of an event when it is made, whether or not the visitor has agreed to anything yet. */
export type MadeEvent = Omit<TrackedEvent, 'sessionId' | 'anonymousId' | 'attribution'>

/** Where and when an event is made: everything that the caller does not say. */
export type Occasion = Pick<MadeEvent, 'idempotencyKey' | 'context' | 'occurredAt'>

/**
 * Makes an event. Keys that no option has are passed on on purpose: the collector refuses them by name, and a typo
 * in a page without types shows up as a dropped event instead of vanishing.
 */
export function buildEvent(eventType: string, { entity, occurredAt, ...said }: EventOptions, at: Occasion): MadeEvent {
  return {
    ...said,
    eventType,
    entityType: entity?.type,
    entityId: entity?.id,
    ...at,
    // A date is a text once it is JSON.
    occurredAt: (occurredAt ?? at.occurredAt) as string | number,
  }
}
