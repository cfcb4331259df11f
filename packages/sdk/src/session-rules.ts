import { campaignOf } from './attribution.ts'
import { none, type SessionCounts } from './session-counts.ts'
import type { Attribution } from './tracked-event.ts'

/** A session: what the tabs of a browser share, and what the next one knows of it. */
export interface Session {
  id: string
  /** 1 for the first session of this browser. */
  index: number
  /** The id of the session before. */
  previousId?: string | undefined
  startedAtMs: number
  /** When its latest event was made. */
  lastSeenAtMs: number
  /** The touch that it began with. */
  attribution: Attribution
  /** The touch of this browser's first session. */
  first: Attribution
  /** So many interactions, page views and views. */
  counts: SessionCounts
}

/** When a session ends. */
export interface SessionRules {
  sessionTimeoutMs: number
  /** It also ends with the visitor's day. */
  newSessionAtMidnight: boolean
}

export interface SessionMoment {
  nowMs: number
  /** How the visitor came to this page. */
  arrival: Attribution
  /** Whether this is the page's first event: only then is the arrival news, and a new campaign a new session. */
  arriving: boolean
  /** The id of a session that begins now. */
  newId(): string
}

/**
 * The session of an event made now: the previous one, or a new one after a time without events, at midnight or on
 * arrival from another campaign.
 */
export function continueSession(
  previous: Session | undefined,
  { sessionTimeoutMs, newSessionAtMidnight }: SessionRules,
  moment: SessionMoment,
): Session {
  const { nowMs, arriving, arrival } = moment
  if (
    !previous ||
    // A clock that was set back far makes an old session look seen in the future; it must not live on for ever.
    Math.abs(nowMs - previous.lastSeenAtMs) > sessionTimeoutMs ||
    (newSessionAtMidnight && dayOf(nowMs) !== dayOf(previous.lastSeenAtMs)) ||
    (arriving && isNewCampaign(previous.attribution, arrival))
  ) {
    return beginSession(previous, moment)
  }
  return { ...previous, lastSeenAtMs: nowMs }
}

/** The session that begins now, after the previous one. */
export function beginSession(
  previous: Session | undefined,
  { nowMs, arrival, newId }: Omit<SessionMoment, 'arriving'>,
): Session {
  return {
    id: newId(),
    index: (previous?.index ?? 0) + 1,
    previousId: previous?.id,
    startedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    attribution: arrival,
    first: previous?.first ?? arrival,
    counts: none,
  }
}

/** The day at the visitor's place. */
const dayOf = (ms: number) => new Date(ms).toDateString()

function isNewCampaign(previous: Attribution, arrival: Attribution): boolean {
  const campaign = campaignOf(arrival)
  return campaign !== '{}' && campaign !== campaignOf(previous)
}
