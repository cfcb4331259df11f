/** One touch: how the visitor arrived. */
export interface Attribution {
  utmSource?: string
  utmMedium?: string
  utmCampaign?: string
  utmTerm?: string
  utmContent?: string
  /** The page of another site that the visitor came from, with no more of its query than a campaign. */
  referrer?: string
  /** The page that they came to, with no more of its query than the campaign. */
  landingPage?: string
  clickId?: string
  /** The URL parameter that the click id stood in: `gclid`, `fbclid`, `msclkid` and others. */
  clickIdType?: string
}

/** The page and the device an event was made on. */
export interface Context {
  /** Without query and fragment. */
  path?: string
  title?: string
  /** The browser's language, as in `en-GB`. */
  locale?: string
  /** As in `Europe/Berlin`. */
  timezone?: string
  screenWidth?: number
  screenHeight?: number
  /** Left out while the visitor was not asked. */
  consent?: 'granted' | 'cookieless'
  /** A program drives the browser. */
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
  /** Left out without storage. */
  anonymousId?: string
  /** Where in the product it happened. */
  surface?: string
  /** Place in a list, 0 for the first. */
  position?: number
  /** Time spent that this event adds. */
  durationMs?: number
  /** Whether a view came to the end. */
  completed?: boolean
  props?: Record<string, unknown>
  attribution: Attribution
  context: Context
  /** Milliseconds since 1970, or what the caller gave; a Date is a text. */
  occurredAt: string | number
  /** UUID v7, the event's id for good: a retry carries the same one. */
  idempotencyKey: string
}
