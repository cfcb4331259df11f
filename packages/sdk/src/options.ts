import type { EventTypeOf, Plan } from '@tallymark/schemas'
import { parseUrl } from './attribution.ts'
import type { Consent } from './consent.ts'
import type { DropReason } from './drops.ts'
import type { FlushResult } from './flush-result.ts'
import type { TrackedEvent } from './tracked-event.ts'
import type { OpenPlan } from './tracker-types.ts'

/** How a tracker is set up. Only `endpoint` and `writeKey` are needed. */
export interface TrackerOptions<P extends Plan = OpenPlan> {
  /** The collector's address, as in `https://collect.example.com`. */
  endpoint: string
  /** The site's public key (`tm_pub_…`). Never the secret key: everybody can read what a page holds. */
  writeKey: string
  /** Send when so many events wait. Default: 20. */
  flushAt?: number
  /** Send when an event has waited so long, in milliseconds. Default: 5 000. */
  flushIntervalMs?: number
  /**
   * Event types to hold back until an entity was quiet for so many milliseconds (`true`: 1 000); only the last event
   * is kept. For sliders, ratings and scroll depth.
   */
  debounce?: Partial<Record<EventTypeOf<P>, number | true>>
  /** A session ends after so long without an event, in milliseconds. Default: 30 minutes. */
  sessionTimeoutMs?: number
  /** A session also ends with the visitor's day. Default: false. */
  newSessionAtMidnight?: boolean
  /**
   * Records an event of this type, with `props {index, previousSessionId}`, when a session begins. Off by default. Every
   * plan takes `session_start`; another type has to be declared by a plan that is not open.
   */
  sessionStartEvent?: EventTypeOf<P> | 'session_start'
  /** At most so many events wait for delivery; beyond, the oldest are dropped. Default: 10 000. */
  maxQueueEvents?: number
  /** At most so many bytes of events wait for delivery. Default: 5 MB. */
  maxQueueBytes?: number
  /** No event waits longer than this, in milliseconds. Default: 29 days; the collector takes none older than 30. */
  maxQueueAgeMs?: number
  /**
   * What the visitor agreed to, as far as this page knows; `setConsent` changes it. Default: events are recorded as with
   * `granted`, and do not say that anybody was asked.
   */
  consent?: Consent
  /**
   * How to treat a visitor whose browser sends Global Privacy Control, until `setConsent` says what they chose here:
   * like this or like `consent`, whichever is stricter. `granted` ignores the signal. Default: `cookieless`.
   */
  globalPrivacyControl?: Consent
  /** The same for the older Do Not Track. Default: `granted`, which ignores it. */
  doNotTrack?: Consent
  /** Track browsers that a program drives, too: for tests. Default: false. */
  trackBots?: boolean
  /** Tell on the console what becomes of each event; `localStorage.tallymark_debug = 1` does so as well. */
  debug?: boolean
  /**
   * Called with each event before it is queued: what it returns is recorded instead, null drops it. It works on a copy.
   * An event is kept as it was when this throws.
   */
  beforeSend?(event: TrackedEvent): TrackedEvent | null
  /** Called for each event that is given up, with the reason and a sentence about it. */
  onDrop?(event: TrackedEvent, reason: DropReason, detail: string): void
  /** Called after each attempt to deliver. */
  onFlush?(result: FlushResult): void
}

const nothing = () => {}

/** Every default of the SDK. A value that is not like its default is not taken. */
export const defaults = {
  endpoint: '',
  writeKey: '',
  flushAt: 20,
  flushIntervalMs: 5_000,
  debounce: {} as Record<string, number | true>,
  sessionTimeoutMs: 30 * 60_000,
  newSessionAtMidnight: false,
  sessionStartEvent: '',
  maxQueueEvents: 10_000,
  maxQueueBytes: 5_000_000,
  maxQueueAgeMs: 29 * 86_400_000,
  /** Empty: nobody was asked. */
  consent: '' as Consent | '',
  globalPrivacyControl: 'cookieless' as Consent,
  doNotTrack: 'granted' as Consent,
  trackBots: false,
  debug: false,
  beforeSend: nothing as unknown as NonNullable<TrackerOptions['beforeSend']>,
  onDrop: nothing as NonNullable<TrackerOptions['onDrop']>,
  onFlush: nothing as NonNullable<TrackerOptions['onFlush']>,
}

/** Options that can be used, with nothing left open. */
export interface Settings extends Omit<typeof defaults, 'beforeSend'> {
  /** Where batches go. The key stands in the URL, so that the request needs no preflight. */
  url: string
  /** Keeps what is stored for one collector and key apart from others. */
  name: string
  beforeSend?: TrackerOptions['beforeSend']
}

/**
 * Fills options up with the defaults. What does not fit costs its own effect only, but for the address and the key:
 * without them there are no settings. `complain` is called when anything does not fit; what, is found out elsewhere.
 */
export function readOptions(options: TrackerOptions, pageUrl: string, complain: () => void): Settings | undefined {
  const settings: Record<string, unknown> = { ...defaults, beforeSend: undefined }
  let fits = true
  for (const [name, value] of Object.entries(Object(options))) {
    if (value === undefined) continue
    if (isLike(defaults[name as keyof typeof defaults], value)) settings[name] = value
    else fits = false
  }
  // `true` is more than nothing, too.
  fits &&= Object.values(settings.debounce as object).every((waitMs) => waitMs > 0)
  const usable = withAddress(settings as unknown as Settings, pageUrl)
  if (!fits || !usable) complain()
  return usable
}

/** Adds what follows from the address and the key; without them there is nothing to be done. */
export function withAddress(settings: Settings, pageUrl: string): Settings | undefined {
  const base = settings.writeKey && collectorUrl(settings.endpoint, pageUrl)
  if (!base) return undefined
  settings.url = `${base}/v1/batch?key=${encodeURIComponent(settings.writeKey)}`
  settings.name = `tallymark ${base} ${settings.writeKey}`
  return settings
}

/** Whether a value can stand in the place of its default. */
function isLike(fallback: unknown, value: unknown): boolean {
  return typeof value === typeof fallback && (typeof value !== 'number' || value > 0)
}

/** Without a scheme it would be taken for a path of the page. */
function collectorUrl(endpoint: string, pageUrl: string): string | undefined {
  return /^(https?:\/)?\//i.test(endpoint) ? parseUrl(endpoint, pageUrl)?.href.replace(/\/*$/, '') : undefined
}
