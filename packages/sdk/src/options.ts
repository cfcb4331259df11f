import type { EventTypeOf, Plan } from '@tallymark/schemas'
import type { DropReason } from './drops.ts'
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
  /** At most so many events wait for delivery; beyond, the oldest are dropped. Default: 10 000. */
  maxQueueEvents?: number
  /** At most so many bytes of events wait for delivery. Default: 5 MB. */
  maxQueueBytes?: number
  /** No event waits longer than this, in milliseconds. Default: 29 days; the collector takes none older than 30. */
  maxQueueAgeMs?: number
  /** Called for each event that is given up, with the reason and a sentence about it. */
  onDrop?(event: TrackedEvent, reason: DropReason, detail: string): void
}

/** Every default of the SDK. */
export const defaults = {
  flushAt: 20,
  flushIntervalMs: 5_000,
  sessionTimeoutMs: 30 * 60_000,
  maxQueueEvents: 10_000,
  maxQueueBytes: 5_000_000,
  maxQueueAgeMs: 29 * 86_400_000,
}
/** What `debounce: { rating: true }` stands for. */
const defaultDebounceMs = 1_000

/** Options that were checked, with nothing left open. */
export interface Settings extends Record<keyof typeof defaults, number> {
  /** Where batches go. The key stands in the URL, so that the request needs no preflight. */
  url: string
  /** Keeps what is stored for one collector and key apart from others. */
  name: string
  debounceMs: Readonly<Record<string, number>>
  onDrop: TrackerOptions['onDrop']
}

type Say = (sentence: string) => void

/** Checks options. Undefined, and a word to the page's author, when one of them cannot be used. */
export function readOptions(options: TrackerOptions, pageUrl: string, report: Say): Settings | undefined {
  const { endpoint, writeKey, debounce, onDrop, ...numbers } = Object(options) as TrackerOptions
  const faults: string[] = []
  const debounceMs: Record<string, number> = {}
  const settings: Record<string, unknown> = { ...defaults, debounceMs, onDrop }

  const takeMs = (name: string, into: Record<string, unknown>, key: string, value: unknown) => {
    if (Number(value) > 0) into[key] = Number(value)
    else if (value !== undefined) faults.push(`'${name}' must be a positive number`)
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (name in defaults) takeMs(name, settings, name, value)
    // A misspelled option costs its effect, not the events.
    else report(`there is no option '${name}'; there are ${Object.keys(defaults)},debounce,onDrop`)
  }
  for (const [type, value] of Object.entries<unknown>(Object(debounce))) {
    takeMs(`debounce.${type}`, debounceMs, type, value === true ? defaultDebounceMs : value)
  }
  if (onDrop && typeof onDrop !== 'function') faults.push("'onDrop' must be a function")
  if (!writeKey || typeof writeKey !== 'string') faults.push("'writeKey' must be the site's public key, 'tm_pub_…'")
  const base = collectorUrl(endpoint, pageUrl)
  if (!base) faults.push("'endpoint' must be the collector's URL, 'https://…'")
  if (faults.length > 0) {
    report(`nothing is tracked: ${faults.join('; ')}`)
    return undefined
  }
  settings.url = `${base}/v1/batch?key=${encodeURIComponent(writeKey)}`
  settings.name = `tallymark ${base} ${writeKey}`
  return settings as unknown as Settings
}

/** Without a scheme it would be taken for a path of the page. */
function collectorUrl(endpoint: string, pageUrl: string): string | undefined {
  try {
    return /^(https?:\/)?\//i.test(endpoint) ? new URL(endpoint, pageUrl).href.replace(/\/*$/, '') : undefined
  } catch {
    return undefined
  }
}
