import { hash } from 'node:crypto'
import { type DedupeField, surfaceOf } from '@tallymark/schemas'
import type { Draft, Step } from './draft.ts'

/** How long the fingerprint of an event without an idempotency key and without a rule of its own holds. */
export const fingerprintWindowMs = 60_000

const fingerprint: readonly DedupeField[] = ['viewer', 'entity', 'session', 'second', 'props']

/**
 * The key by which the writer recognises the same event again. It is only computed here: whether it is a repeat is
 * decided by the writer, and a key counts as seen after its commit.
 */
export const keyForDedupe: Step = (draft) => {
  const { dedupe: rule } = draft.declaration
  if (rule === 'none') return undefined
  if (rule) draft.dedupe = dedupeBy(draft, rule.by, rule.windowMs)
  else if (draft.event.idempotencyKey === undefined) draft.dedupe = dedupeBy(draft, fingerprint, fingerprintWindowMs)
  return undefined
}

/** Null where the rule tells people apart, by the viewer or else by the session, and nobody is named: all would be one. */
function dedupeBy(draft: Draft, by: readonly DedupeField[], windowMs: number): Draft['dedupe'] {
  const viewer = viewerOf(draft)
  const { event, declaration, occurredAt } = draft
  if (by.includes('viewer') ? viewer === null : by.includes('session') && event.sessionId === undefined) return null
  const values: Record<DedupeField, () => unknown> = {
    entity: () => [event.entityType, event.entityId === undefined ? undefined : String(event.entityId)],
    viewer: () => viewer,
    session: () => event.sessionId?.toLowerCase(),
    surface: () => surfaceOf(event, declaration),
    props: () => event.props,
    second: () => Math.floor(occurredAt / 1000),
  }
  const parts = JSON.stringify([event.eventType, by, ...by.map((field) => values[field]())])
  return { key: hash('sha256', parts, 'hex').slice(0, 16), windowMs }
}

/** The actor, else the device, else who it is for the day, else the session. */
function viewerOf({ actor, event, dayViewer }: Draft): string | null {
  if (actor) return `u${actor.id}`
  if (event.anonymousId !== undefined) return `a${event.anonymousId.toLowerCase()}`
  if (dayViewer !== null) return `d${dayViewer}`
  return event.sessionId === undefined ? null : `s${event.sessionId.toLowerCase()}`
}
