import type { KeyValue } from './storage.ts'
import { isUuid } from './uuid.ts'

export interface AnonymousIdentity {
  /** The id of this browser, on this site. */
  id(): string
  /** Forgets it. The next event has another. */
  renew(): void
}

const key = 'tallymark.anonymous_id'

/** Keeps the anonymous id. It is read anew each time it is asked for, so that a reset in one tab holds in all. */
export function createAnonymousIdentity(storage: KeyValue, newId: () => string): AnonymousIdentity {
  return {
    id() {
      const stored = storage.read(key)
      if (isUuid(stored)) return stored
      const made = newId()
      storage.write(key, made)
      return made
    },
    renew: () => storage.remove(key),
  }
}
