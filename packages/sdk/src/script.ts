import { openCore } from './core.ts'
import type { Extras } from './core-types.ts'
import type { TrackerOptions } from './options.ts'
import { report } from './report.ts'
import type { Delivery } from './sender.ts'
import { createTrackerOf } from './tracker.ts'
import type { Tracker } from './tracker-types.ts'

/** What the second file has: a script tag loads it as a whole. */
export type Later = Delivery & Extras

type Call = [method: string, ...given: unknown[]]

interface ScriptWindow {
  /** Before this script ran: a list of calls. Afterwards: the tracker. */
  tallymark?: Call[] | (Tracker & { push(...calls: Call[]): void })
  /** What the second file calls with what it has. */
  tallymarkDelivery?(later: Later): void
  /** Missing in browsers that do not know them. */
  trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string }
  }
}

const page = window as unknown as ScriptWindow
// Set while a classic script runs, deferred or not, and null ever after.
const script = document.currentScript as HTMLScriptElement | null

function start(): void {
  const source = script?.src
  const early = page.tallymark
  if (early && !Array.isArray(early)) {
    report('the script is on this page twice: the first one counts')
    return
  }
  const said = script?.dataset ?? {}
  const options: TrackerOptions = {
    endpoint: said.endpoint ?? (source ? new URL('.', source).href : ''),
    writeKey: said.writeKey ?? '',
    consent: said.consent as TrackerOptions['consent'],
    trackBots: said.trackBots !== undefined,
    debug: said.debug !== undefined,
  }
  const tracker = createTrackerOf(openCore(options, { loadDelivery: load, loadExtras: load }))
  const push = (...calls: Call[]) => {
    for (const [method, ...given] of calls) {
      const run = (tracker as unknown as Record<string, unknown>)[method]
      if (typeof run === 'function') run(...given)
      else report(`there is no method '${method}'`)
    }
  }
  page.tallymark = Object.assign(tracker, { push })
  // First what was called first: an early identify() holds for the page view.
  push(...(early ?? []))
  if (said.auto === 'off') return
  tracker.track('page_view')
  // A page that comes back out of the back/forward cache runs no script again, and is seen again.
  addEventListener('pageshow', ({ persisted }) => persisted && tracker.track('page_view'))
}

/** Two of one name are not allowed. */
let policy: ReturnType<NonNullable<ScriptWindow['trustedTypes']>['createPolicy']> | undefined

let loading: Promise<Later> | undefined

/**
 * Loads the second file from beside this one, as a script element and not by `import()`: that would need CORS headers
 * from a CDN. It is loaded once, and after a failure anew. It gets this script's nonce, for pages whose policy asks for
 * one, and a trusted URL, for those that ask for that.
 */
function load(): Promise<Later> {
  loading ??= new Promise<Later>((resolve, reject) => {
    const element = document.createElement('script')
    const url = new URL('tallymark-delivery.js', script?.src).href
    policy ??= page.trustedTypes?.createPolicy('tallymark', { createScriptURL: (ours) => ours })
    page.tallymarkDelivery = resolve
    element.src = policy?.createScriptURL(url) ?? url
    element.nonce = script?.nonce ?? ''
    element.crossOrigin = script?.crossOrigin ?? null
    // When it has loaded it has also run: what did not answer then is not what it should be.
    element.onload = element.onerror = reject
    document.head.append(element)
  })
  loading.catch(() => {
    loading = undefined
  })
  return loading
}

start()
