import { assembleCore, useExtras } from './core.ts'
import { browserEdges } from './edges.ts'
import { defaults, type Settings, withAddress } from './options.ts'
import { report } from './report.ts'
import { loadSecondFile, script } from './second-file.ts'
import { createTrackerOf } from './tracker.ts'
import type { Tracker } from './tracker-types.ts'

type Call = [method: string, ...given: unknown[]]

interface ScriptWindow {
  /** Before this script ran: a list of calls. Afterwards: the tracker. */
  tallymark?: Call[] | (Tracker & { push(...calls: Call[]): void })
}

const page = window as unknown as ScriptWindow

const loaders = { loadDelivery: loadSecondFile, loadExtras: loadSecondFile }

function start(): void {
  const early = page.tallymark
  if (early && !Array.isArray(early)) {
    report('the script is on this page twice')
    return
  }
  const said = script?.dataset ?? {}
  const address = {
    endpoint: said.endpoint ?? (script ? new URL('.', script.src).href : ''),
    writeKey: said.writeKey ?? '',
  }
  const settings: Settings = {
    ...defaults,
    ...address,
    beforeSend: undefined,
    consent: (said.consent ?? '') as Settings['consent'],
    trackBots: said.trackBots !== undefined,
    debug: said.debug !== undefined,
    url: '',
    name: '',
  }
  const core = withAddress(settings, location.href) && assembleCore(settings, browserEdges(loaders))
  if (!core) useExtras(loaders, ({ explainOptions }) => explainOptions(address, defaults, report))
  const tracker = createTrackerOf(core)
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

start()
