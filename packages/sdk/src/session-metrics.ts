import { sessionScore } from '@tallymark/schemas/metrics'
import { none } from './session-counts.ts'
import type { Session } from './session-rules.ts'

/** How a session is going. */
export interface SessionMetrics {
  /** Since its first event. */
  durationMs: number
  /** Its events, other than impressions, session markers and errors. */
  interactionCount: number
  /** From 0 to 100: for what was done, and for how long. */
  engagementScore: number
  pageViews: number
  /** 100 while there was at most one interaction, else 0. Averaged over sessions it is their bounce rate. */
  bounceRate: number
}

/**
 * The metrics of a session at an instant. One that is over lasted until its last event. Where no page views are
 * recorded, views are taken for them.
 */
export function sessionMetrics(session: Session | undefined, nowMs = 0, timeoutMs = 0): SessionMetrics {
  const { startedAtMs = nowMs, lastSeenAtMs = nowMs, counts = none } = session ?? {}
  const [interactionCount = 0, pageViews = 0, views = 0] = counts
  const untilMs = nowMs - lastSeenAtMs > timeoutMs ? lastSeenAtMs : nowMs
  const durationMs = Math.max(0, untilMs - startedAtMs)
  return {
    durationMs,
    interactionCount,
    engagementScore: sessionScore(interactionCount, durationMs),
    pageViews: pageViews || views,
    bounceRate: session && interactionCount < 2 ? 100 : 0,
  }
}
