import type { Delivery } from './delivery.ts'
import { warn } from './report.ts'
import { openTracker, type RunningTracker } from './tracker.ts'

type Call = [method: string, ...given: unknown[]]

interface ScriptWindow {
  /** Before this script ran: a list of calls. Afterwards: the tracker. */
  tallymark?: Call[] | (RunningTracker & { push(...calls: Call[]): void })
  /** Set by the second file. */
  tallymarkDelivery?: Delivery
}

const page = window as unknown as ScriptWindow
// Set while a classic script runs, deferred or not, and null ever after.
const script = document.currentScript as HTMLScriptElement | null

function start(): void {
  const source = script?.src
  const early = page.tallymark
  if (early && !Array.isArray(early)) {
    warn('the script is on this page twice: the first one counts')
    return
  }
  const tracker = openTracker(
    {
      endpoint: script?.dataset.endpoint ?? (source ? new URL('.', source).href : ''),
      writeKey: script?.dataset.writeKey ?? '',
    },
    loadDelivery,
  )
  const push = (...calls: Call[]) => {
    for (const [method, ...given] of calls) {
      const run = (tracker as unknown as Record<string, unknown>)[method]
      if (typeof run === 'function') run(...given)
      else warn(`there is no method '${method}'`)
    }
  }
  page.tallymark = { ...tracker, push }
  // First what was called first: an early identify() holds for the page view.
  push(...(early ?? []))
  if (script?.dataset.auto !== 'off') tracker.track('page_view')
}

/**
 * Loads the second file from beside this one, as a script element and not by `import()`: that would need CORS headers
 * from a CDN. It gets this script's nonce, for pages whose policy asks for one.
 */
function loadDelivery(): Promise<Delivery> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = new URL('tallymark-delivery.js', script?.src).href
    element.nonce = script?.nonce ?? ''
    element.crossOrigin = script?.crossOrigin ?? null
    element.onload = () => (page.tallymarkDelivery ? resolve(page.tallymarkDelivery) : reject())
    element.onerror = reject
    document.head.append(element)
  })
}

start()
