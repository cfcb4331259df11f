import type { TrackedEvent } from './tracked-event.ts'

const name = /^[a-z][a-z0-9_]*$/

/**
 * What is most often wrong with an event, whatever the plan: enough for debug mode, and small. The collector checks
 * everything.
 */
export function wireFault(event: TrackedEvent): string | undefined {
  const { eventType, entityType, entityId, surface, position, durationMs, props } = event
  if (!name.test(eventType)) return `the event type '${eventType}' must be lower case, with digits and underscores`
  if ((entityType === undefined) !== (entityId === undefined)) return 'an entity has a type and an id'
  if (entityType !== undefined && !name.test(entityType)) return `the entity type '${entityType}' must be lower case`
  if (entityId === '' || (typeof entityId === 'number' && !Number.isSafeInteger(entityId))) {
    return 'the entity id must be a text or an integer'
  }
  if (surface !== undefined && (typeof surface !== 'string' || !surface)) return 'the surface must be a text'
  if (position !== undefined && !(Number.isInteger(position) && position >= 0)) {
    return 'the position must be an integer, 0 for the first'
  }
  if (durationMs !== undefined && !(durationMs >= 0)) return 'durationMs must be a number of milliseconds'
  if (props !== undefined && (typeof props !== 'object' || !props)) return 'the props must be an object'
  return undefined
}
