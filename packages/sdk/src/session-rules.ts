import { campaignOf } from './attribution.ts'
import type { Attribution } from './tracked-event.ts'

export interface Session {
  id: string
  /** When its latest event was made. */
  lastSeenAtMs: number
  /** The touch that it began with. */
  attribution: Attribution
}

export interface SessionMoment {
  nowMs: number
  timeoutMs: number
  /** How the visitor came to this page. */
  arrival: Attribution
  /** Whether this is the page's first event: only then is the arrival news, and a new campaign a new session. */
  arriving: boolean
  /** The id of a session that begins now. */
  newId(): string
}

/**
 * The session of an event made now: the previous one, or a new one after a time without events or on arrival from
 * another campaign.
 */
export function continueSession(previous: Session | undefined, moment: SessionMoment): Session {
  const { nowMs, timeoutMs, arrival } = moment
  // A clock that was set back far makes an old session look seen in the future; it must not live on for ever.
  const idle = !previous || Math.abs(nowMs - previous.lastSeenAtMs) > timeoutMs
  if (idle || (moment.arriving && isNewCampaign(previous.attribution, arrival))) {
    return { id: moment.newId(), lastSeenAtMs: nowMs, attribution: arrival }
  }
  return { ...previous, lastSeenAtMs: nowMs }
}

function isNewCampaign(previous: Attribution, arrival: Attribution): boolean {
  const campaign = campaignOf(arrival)
  return campaign !== '' && campaign !== campaignOf(previous)
}
