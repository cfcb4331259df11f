/** One touch: how the visitor arrived. */
export interface Attribution {
  utmSource?: string
  utmMedium?: string
  utmCampaign?: string
  utmTerm?: string
  utmContent?: string
  referrer?: string
  landingPage?: string
  clickId?: string
  clickIdType?: string
}

/** The page and the device an event was made on. */
export interface Context {
  path?: string
  title?: string
  locale?: string
  timezone?: string
  screenWidth?: number
  screenHeight?: number
  webdriver?: boolean
  sdk?: { name: string; version: string }
}

/**
 * An event as the SDK makes it, with the names that it has on the wire. It is written out here, and not inferred from
 * the wire schema, so that the SDK's types need no schema library; a test holds the two together.
 */
export interface TrackedEvent {
  eventType: string
  entityType?: string
  entityId?: string | number
  sessionId: string
  anonymousId: string
  surface?: string
  position?: number
  durationMs?: number
  completed?: boolean
  props?: Record<string, unknown>
  attribution: Attribution
  context: Context
  /** Milliseconds since 1970, or what the caller gave. */
  occurredAt: string | number
  /** UUID v7, the event's id for good: a retry carries the same one. */
  idempotencyKey: string
}
