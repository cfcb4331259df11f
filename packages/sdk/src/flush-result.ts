/** What came of one attempt to deliver. */
export interface FlushResult {
  /** Events that the collector acknowledged, duplicates included. */
  acknowledged: number
  /** Events that it had already, and ignored. */
  duplicates: number
  /** Events that it refused for good. */
  dropped: number
  /** The HTTP status of the answer; 0 when nothing came back. */
  status: number
}

/** How many events this page has queued, and what the collector answered. */
export interface EventCounts {
  queued: number
  /** Acknowledged: stored, or ignored for a reason. */
  sent: number
  /** Of those sent, the ones that the collector had already. */
  duplicates: number
}
