import type { Package } from '../install.ts'

/** A tracker that is compared, as data. */
export interface Tracker {
  id: string
  name: string
  /** Installed when the bench runs; none for what this repository builds. */
  package?: Package
  /** The three parts of a page's code. `init` may use `url`, the collector's; `track` may use `type`, `n`, `marker`, `text`. */
  imports: string
  init: string
  track: string
  /** The field by which a collector can tell a repeated event. */
  idField?: string
  /** Where events wait for delivery, by the tracker's documentation. */
  queue: string
  /** What was set beside the key and the address. */
  settings: string
  /** What the vendor's servers would answer: how the path begins, and the JSON. */
  remoteConfig?: Record<string, unknown>
}

/** The same event everywhere: somebody saved a project that a list showed. `text` makes it as large as a scenario wants. */
const properties =
  "{ entityType: 'project', entityId: 1000 + n * 37, surface: surfaces[n % 4], position: n % 100, marker, ...(text && { text }) }"

export const ours: Tracker = {
  id: 'tallymark',
  name: 'Tallymark',
  imports: "import { init, track } from '@tallymark/sdk'",
  init: "init({ endpoint: url, writeKey: 'tm_pub_bench' })",
  track: `track('save', {
    entity: { type: 'project', id: 1000 + n * 37 },
    surface: surfaces[n % 4],
    position: n % 100,
    props: { marker, ...(text && { text }) },
  })`,
  idField: 'idempotencyKey',
  queue: 'IndexedDB, localStorage while leaving',
  settings: 'nothing',
}

/** Each is set up as its documentation recommends, and batches as it does by default. */
export const rivals: readonly Tracker[] = [
  {
    id: 'segment',
    name: 'Segment',
    package: { name: '@segment/analytics-next', version: '1.84.3' },
    imports: "import { AnalyticsBrowser } from '@segment/analytics-next'",
    init: `globalThis.analytics = AnalyticsBrowser.load(
      { writeKey: 'bench', cdnURL: url },
      { integrations: { 'Segment.io': { apiHost: url.replace(/^https?:../, ''), protocol: url.split(':')[0] } } },
    )`,
    track: `globalThis.analytics.track('save', ${properties})`,
    idField: 'messageId',
    queue: 'localStorage while leaving',
    settings: 'nothing',
    remoteConfig: { '/v1/projects/bench/settings': { integrations: { 'Segment.io': { apiKey: 'bench' } } } },
  },
  {
    id: 'posthog',
    name: 'PostHog',
    package: { name: 'posthog-js', version: '1.434.18' },
    imports: "import posthog from 'posthog-js'",
    init: "posthog.init('phc_bench', { api_host: url, rate_limiting: { events_per_second: 1e5, events_burst_limit: 1e5 } })",
    track: `posthog.capture('save', ${properties})`,
    idField: 'uuid',
    queue: 'memory',
    settings:
      'its client’s rate limit (10 events a second) raised, which drops what the bench records; remotely, compression on, recording and surveys off',
    remoteConfig: {
      '/array/phc_bench/config': {
        supportedCompression: ['gzip', 'gzip-js'],
        hasFeatureFlags: false,
        sessionRecording: false,
        surveys: false,
        autocapture_opt_out: false,
        capturePerformance: false,
      },
      '/flags': { flags: {}, errorsWhileComputingFlags: false },
    },
  },
  {
    id: 'snowplow',
    name: 'Snowplow',
    package: { name: '@snowplow/browser-tracker', version: '4.10.1' },
    imports: "import { newTracker, trackSelfDescribingEvent } from '@snowplow/browser-tracker'",
    init: "newTracker('sp', url, { appId: 'bench' })",
    track: `trackSelfDescribingEvent({ event: { schema: 'iglu:com.example/save/jsonschema/1-0-0', data: ${properties} } })`,
    idField: 'eid',
    queue: 'localStorage',
    settings: 'nothing',
  },
  {
    id: 'amplitude',
    name: 'Amplitude',
    package: { name: '@amplitude/analytics-browser', version: '2.47.1' },
    imports: "import * as amplitude from '@amplitude/analytics-browser'",
    init: "amplitude.init('bench', { serverUrl: url + '/2/httpapi', remoteConfig: { serverUrl: url + '/config' } })",
    track: `amplitude.track('save', ${properties})`,
    idField: 'insert_id',
    queue: 'localStorage',
    settings: 'remotely, nothing',
    remoteConfig: { '/config': { configs: {} } },
  },
  {
    id: 'rudderstack',
    name: 'RudderStack',
    package: { name: '@rudderstack/analytics-js', version: '3.34.1' },
    imports: "import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'",
    init: "globalThis.rudder = new RudderAnalytics(); globalThis.rudder.load('bench', url, { configUrl: url })",
    track: `globalThis.rudder.track('save', ${properties})`,
    idField: 'messageId',
    queue: 'localStorage',
    settings: 'the bundled build, which loads no plugins from elsewhere',
    remoteConfig: {
      '/sourceConfig': {
        source: { id: 'bench', name: 'bench', writeKey: 'bench', enabled: true, config: {}, destinations: [] },
      },
    },
  },
  {
    id: 'mixpanel',
    name: 'Mixpanel',
    package: { name: 'mixpanel-browser', version: '2.83.0' },
    imports: "import mixpanel from 'mixpanel-browser'",
    init: "mixpanel.init('bench', { api_host: url })",
    track: `mixpanel.track('save', ${properties})`,
    idField: '$insert_id',
    queue: 'localStorage',
    settings: 'nothing',
  },
  {
    id: 'plausible',
    name: 'Plausible',
    package: { name: '@plausible-analytics/tracker', version: '0.4.6' },
    imports: "import { init, track } from '@plausible-analytics/tracker'",
    init: "init({ domain: 'example.com', endpoint: url + '/api/event', captureOnLocalhost: true })",
    track: `track('save', { props: ${properties} })`,
    queue: 'none',
    settings: 'captureOnLocalhost, without which it ignores the test page',
  },
]

/** Does nothing: what the page and the measuring themselves cost. */
export const nothing: Tracker = {
  id: 'nothing',
  name: 'nothing',
  imports: '',
  init: '',
  track: '',
  queue: 'none',
  settings: 'nothing',
}

export function label({ name, package: source }: Tracker): string {
  return source ? `${name} ${source.version}` : name
}
