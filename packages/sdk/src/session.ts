import { countsOf, none, type SessionCounts } from './session-counts.ts'
import { continueSession, type Session, type SessionRules } from './session-rules.ts'
import type { KeyValue } from './storage.ts'
import type { Attribution } from './tracked-event.ts'
import { isUuid } from './uuid.ts'

export interface Sessions {
  /** The session of an event of this type that is made now. */
  of(eventType: string): Session
  /** The session as it is, which may be over; undefined before the first. */
  latest(): Session | undefined
  /** Makes this one the session, after the previous one. */
  goOn(next: Session, previous: Session | undefined): Session
  /** Stores what was counted, which is otherwise done with a later event. Answers undefined when all was forgotten. */
  save(): Session | undefined
}

export interface SessionEdges {
  storage: KeyValue
  now(): number
  newId(): string
  /** How the visitor came to this page. */
  arrival: Attribution
}

/** Gone when all that was stored is removed, and only then. */
export const sessionKey = 'tallymark.session'
/** Storage is slow and synchronous: within a second the page trusts its memory. */
const syncEveryMs = 1_000

/**
 * Keeps the session, which is shared by the tabs through the storage.
 *
 * @param onStart told of each session that begins in this tab
 */
export function createSessions(
  rules: SessionRules,
  edges: SessionEdges,
  onStart: (session: Session) => void,
): Sessions {
  const { storage, now } = edges
  let session: Session | undefined
  let syncedAtMs = 0
  /** Counted in this tab since the session was last written. */
  let added: SessionCounts = none

  /** What the tabs know together. What is not stored any more was forgotten. */
  function latest(): Session | undefined {
    const stored = readSession(storage)
    return stored && stored.id === session?.id ? { ...stored, counts: sum(stored.counts, added) } : stored
  }

  function goOn(next: Session, previous: Session | undefined): Session {
    syncedAtMs = now()
    session = next
    save()
    if (next.id !== previous?.id) onStart(next)
    return next
  }

  function save(): void {
    added = none
    storage.write(sessionKey, JSON.stringify(session))
  }

  return {
    latest,
    of(eventType) {
      const counts = countsOf(eventType)
      const nowMs = now()
      if (session && Math.abs(nowMs - syncedAtMs) < syncEveryMs) {
        added = sum(added, counts)
        return session
      }
      const previous = latest()
      const next = continueSession(previous, rules, {
        ...edges,
        nowMs,
        arriving: !session,
      })
      return goOn({ ...next, counts: sum(next.counts, counts) }, previous)
    },
    goOn,
    save() {
      session = latest()
      if (session && added !== none) save()
      return session
    },
  }
}

const sum = (a: SessionCounts, b: SessionCounts): SessionCounts => a.map((count, kind) => count + (b[kind] ?? 0))

/** Anybody can write to a page's storage: what is not a session is none. */
function readSession(storage: KeyValue): Session | undefined {
  try {
    const stored: Session = JSON.parse(storage.read(sessionKey) as string)
    return isUuid(stored.id) && stored.lastSeenAtMs > 0 && stored.attribution && stored.counts.length
      ? stored
      : undefined
  } catch {
    return undefined
  }
}
