import { v7 as uuidv7 } from 'uuid'
import type { NewEvent } from '../store/store.ts'

/** A plain event for the store, with whatever a test wants to be different. */
export function newEvent(fields: Partial<NewEvent> = {}): NewEvent {
  const receivedAt = fields.receivedAt ?? Date.UTC(2026, 0, 15, 12)
  return {
    id: uuidv7(),
    trust: 'public',
    eventType: 'view',
    entityType: 'project',
    entityId: '42',
    registered: false,
    actor: null,
    anonymousId: null,
    sessionId: null,
    dayViewer: null,
    clientKey: null,
    source: 'web',
    surface: null,
    position: null,
    durationMs: null,
    completed: null,
    props: null,
    campaign: null,
    arrival: null,
    device: null,
    page: null,
    channel: null,
    agent: null,
    country: null,
    region: null,
    bot: null,
    occurredAt: receivedAt,
    receivedAt,
    dedupe: null,
    expired: false,
    ...fields,
  }
}
