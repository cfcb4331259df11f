import { clientErrorType } from '@tallymark/schemas'
import type { NewEvent, Outcome, Store } from '../store/store.ts'

/**
 * Errors that are kept within a minute: of one device or user, of all behind one address, and of all. A device is as it
 * says; who makes up many of them still has one address.
 */
const maxOfOne = 30
const maxOfClient = 120
const maxInAll = 600
const windowMs = 60_000

/** What became of an event or of a client's error. */
export type Fate = Outcome | 'rate_limited'

const isError = (event: NewEvent) => event.eventType === clientErrorType

/** Leads the errors that clients tell of past the log, into their own table, no faster than they may come. */
export function dividingErrors(store: Pick<Store, 'append' | 'keepErrors'>) {
  const rate = new ErrorRate()
  return {
    append: (events: readonly NewEvent[]): Promise<Fate[]> =>
      events.some(isError) ? divide(events, store, rate) : store.append(events),
  }
}

async function divide(
  events: readonly NewEvent[],
  store: Pick<Store, 'append' | 'keepErrors'>,
  rate: ErrorRate,
): Promise<Fate[]> {
  const allowed = new Set(events.filter((event) => isError(event) && rate.allows(event)))
  const [ofEvents, ofErrors] = await Promise.all([
    store.append(events.filter((event) => !isError(event))),
    store.keepErrors([...allowed]),
  ])
  const [nextEvent, nextError] = [ofEvents.values(), ofErrors.values()]
  return events.map((event) => {
    if (isError(event) && !allowed.has(event)) return 'rate_limited'
    const outcome = (isError(event) ? nextError : nextEvent).next().value
    if (outcome === undefined) throw new Error('the store gave fewer answers than it was given events')
    return outcome
  })
}

/** Counts within one minute after the other. */
class ErrorRate {
  #begun = 0
  #inAll = 0
  #counts = new Map<string, number>()

  allows({ receivedAt, actor, anonymousId, sessionId, clientKey }: NewEvent): boolean {
    if (Math.abs(receivedAt - this.#begun) >= windowMs) {
      this.#begun = receivedAt
      this.#inAll = 0
      this.#counts.clear()
    }
    const one = `one ${actor?.id ?? anonymousId ?? sessionId ?? ''}`
    const client = `client ${clientKey ?? ''}`
    const [ofOne, ofClient] = [this.#counts.get(one) ?? 0, this.#counts.get(client) ?? 0]
    const isTooMany = ofOne >= maxOfOne || (clientKey !== null && ofClient >= maxOfClient)
    if (isTooMany || this.#inAll >= maxInAll) return false
    this.#inAll++
    this.#counts.set(one, ofOne + 1)
    this.#counts.set(client, ofClient + 1)
    return true
  }
}
