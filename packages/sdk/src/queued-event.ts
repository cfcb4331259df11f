import type { MadeEvent } from './event.ts'
import type { TrackedEvent } from './tracked-event.ts'

/**
 * An event as it waits for delivery. It is kept as JSON: cheap to store, measured once, and out of reach of a caller
 * who goes on changing the props.
 */
export interface QueuedEvent {
  /** The event's idempotency key, a UUID v7: in the order of the ids, the oldest comes first. */
  id: string
  /** The user it was made under (the token's `sub`), null when nobody was signed in. The token is never stored. */
  identity: string | null
  /** Size of `json` in UTF-8. */
  bytes: number
  json: string
}

/** In UTF-8, where these take two and three bytes; JSON has no half of a pair. It is nearly always ASCII: found out fast. */
const bytesIn = (json: string) =>
  json.replace(/[\u0080-\u07ff\ud800-\udfff]/g, '--').replace(/[\u0800-\uffff]/g, '---').length

/** @throws {TypeError} when the props cannot be JSON: they refer to themselves or hold a BigInt */
export function toQueued(event: MadeEvent, identity: string | null): QueuedEvent {
  const json = JSON.stringify(event)
  return { id: event.idempotencyKey, identity, bytes: bytesIn(json), json }
}

export function eventOf({ json }: QueuedEvent): TrackedEvent {
  return JSON.parse(json)
}
