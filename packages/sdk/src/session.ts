import { continueSession, type Session } from './session-rules.ts'
import type { KeyValue } from './storage.ts'
import type { Attribution } from './tracked-event.ts'
import { isUuid } from './uuid.ts'

export interface Sessions {
  /** The session of an event that is made now. */
  current(): Session
  /** Begins a new one. */
  restart(): void
}

export interface SessionSettings {
  storage: KeyValue
  now(): number
  newId(): string
  timeoutMs: number
  arrival: Attribution
}

const key = 'tallymark.session'
/** Storage is slow and synchronous: within a second the page trusts its memory. */
const syncEveryMs = 1_000

/** Keeps the session, which is shared by the tabs through the storage. */
export function createSessions({ storage, now, newId, timeoutMs, arrival }: SessionSettings): Sessions {
  let session: Session | undefined
  let syncedAtMs = 0
  function current(): Session {
    const nowMs = now()
    if (session && Math.abs(nowMs - syncedAtMs) < syncEveryMs) return session
    const arriving = !session
    session = continueSession(readSession(storage) ?? session, { nowMs, timeoutMs, arrival, arriving, newId })
    syncedAtMs = nowMs
    storage.write(key, JSON.stringify(session))
    return session
  }
  return {
    current,
    restart() {
      session = undefined
      storage.remove(key)
      // At once: another tab would put the old one back.
      current()
    },
  }
}

/** Anybody can write to a page's storage: what is not a session is none. */
function readSession(storage: KeyValue): Session | undefined {
  try {
    const stored: Session = JSON.parse(storage.read(key) ?? '')
    return isUuid(stored.id) && stored.lastSeenAtMs > 0 && stored.attribution ? stored : undefined
  } catch {
    return undefined
  }
}
