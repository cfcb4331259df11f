import { createTracker } from '@tallymark/sdk'
import type { plan } from '../plan.ts'
import { part } from './part.ts'

const setting = (name: string) => part(document, `meta[name="${name}"]`, HTMLMetaElement).content

/** Where the collector is and with which key pages talk to it: the server writes both into the page. */
export const collector = { endpoint: setting('tallymark-endpoint'), writeKey: setting('tallymark-write-key') }

/** Knows this product's events: one that the plan does not declare does not compile. */
export const tracker = createTracker<typeof plan>({ ...collector, debounce: { search: true } })
