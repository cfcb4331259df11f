import type { KeyValue } from './storage.ts'
import { isUuid } from './uuid.ts'

export interface AnonymousIdentity {
  /** The id of this browser, on this site. */
  id(): string
  /** The same, as it was at the beginning of a session: whoever forgets the one forgets the other. */
  during(sessionId: string): string
  /** Forgets it. The next event has another. */
  renew(): void
}

const key = 'tallymark.anonymous_id'

/** Keeps the anonymous id. It is read anew with each session, so that a reset in one tab holds in all. */
export function createAnonymousIdentity(storage: KeyValue, newId: () => string): AnonymousIdentity {
  let known = ''
  let knownFor = ''
  function id(): string {
    const stored = storage.read(key)
    if (isUuid(stored)) return stored
    const made = newId()
    storage.write(key, made)
    return made
  }
  return {
    id,
    during(sessionId) {
      if (knownFor !== sessionId) known = id()
      knownFor = sessionId
      return known
    },
    renew: () => storage.remove(key),
  }
}
