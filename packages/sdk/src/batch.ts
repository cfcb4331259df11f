import type { QueuedEvent } from './queued-event.ts'

/** The first events that make one batch: of one identity, and no more than so many events and bytes. */
export function takeBatch(waiting: readonly QueuedEvent[], maxEvents: number, maxBytes: number): QueuedEvent[] {
  let bytes = 0
  return waiting
    .filter(({ identity }) => identity === waiting[0]?.identity)
    .slice(0, maxEvents)
    .filter((queued, index) => {
      bytes += queued.bytes
      return index === 0 || bytes <= maxBytes
    })
}

/**
 * Makes the body of a request from events that are JSON already: all that a leaving page has the time for. It is
 * stamped with the time at each attempt, which tells how far the clock is off.
 */
export function plainBody(queued: readonly QueuedEvent[], sentAt: number, userToken: string | undefined): string {
  const said = JSON.stringify({ sentAt, userToken })
  return `${said.slice(0, -1)},"events":[${queued.map(({ json }) => json)}]}`
}
