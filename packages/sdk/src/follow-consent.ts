import type { Consent } from './consent.ts'
import type { Core, Visit } from './core-types.ts'
import { openDebug } from './debug.ts'
import type { MadeEvent } from './event.ts'
import { consents, faultOfConsent } from './explain-options.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { createQueueReader } from './queue-reader.ts'
import type { QueuedEvent } from './queued-event.ts'

interface Following {
  eraseBeside(name: string): Promise<void>
  /** Changes are made one after the other. */
  running: Promise<void> | undefined
  again: boolean
  forget: boolean
}

const followed = new WeakMap<Core, Following>()

/**
 * Does what the visitor's consent asks for: lets go of the events of visits that are over, removes what is stored, and
 * opens a visit if there may be one.
 *
 * @param eraseBeside removes what is stored beside localStorage: the database of a queue, and what this tab noted
 * @param forget removes what is stored in any case
 */
export function followConsent(core: Core, eraseBeside: Following['eraseBeside'], forget = false): Promise<void> {
  const following = followed.get(core) ?? begin(core, eraseBeside)
  following.again = true
  following.forget ||= forget
  following.running ??= follow(core, following).finally(() => {
    following.running = undefined
  })
  return following.running
}

function begin(core: Core, eraseBeside: Following['eraseBeside']): Following {
  if (core.settings.debug) openDebug(core)
  const following = { eraseBeside, running: undefined, again: false, forget: false }
  followed.set(core, following)
  return following
}

async function follow(core: Core, following: Following): Promise<void> {
  const carried: QueuedEvent[] = []
  while (following.again) {
    following.again = false
    const { forget } = following
    const ended = core.ended.splice(0)
    for (const visit of ended) carried.push(...(await retire(core, visit, forget)))
    // The visitor may have changed their mind meanwhile.
    if (following.again) continue
    following.forget = false
    if (forget) refuse(core, [...core.held.splice(0), ...carried.splice(0)])
    const consent = consentOf(core)
    if (forget || consent === 'denied' || consent === 'cookieless') {
      const erased = erase(core, following)
      // Other tabs may still send what was stored; a page that begins without consent has nothing to wait for.
      if (forget || ended[0]) await erased
    }
    if (following.again) continue
    change(core, consent, following)
    const waiting = carried.splice(0)
    if (core.visit) waiting.forEach(core.enqueue)
    else refuse(core, waiting)
  }
}

/** Takes the events out of a visit that is over, and answers with those that may go on in the next one. */
async function retire(core: Core, { anonymous, queue }: Visit, forget: boolean): Promise<QueuedEvent[]> {
  const kept: QueuedEvent[] = []
  const reader = createQueueReader(queue)
  for (;;) {
    const waiting = await reader.peek(500, () => true)
    if (waiting.length === 0) return kept
    await reader.remove(waiting)
    const consent = consentOf(core)
    // What was recorded with less may be sent with more, and not the other way round.
    if (!forget && (consent === 'granted' || (consent === 'cookieless' && !anonymous))) kept.push(...waiting)
    else refuse(core, waiting)
  }
}

function change(core: Core, consent: Consent, { eraseBeside }: Following): void {
  const { edges, held, visit } = core
  const { document } = edges.page
  if (document.prerendering && consent !== 'denied') {
    // Nobody has seen the page yet, and perhaps nobody will.
    document.addEventListener('prerenderingchange', () => void followConsent(core, eraseBeside), { once: true })
    return
  }
  core.consent = consent
  if (consent === 'denied') {
    refuse(core, held.splice(0))
    core.record = () => countRefused(core)
  }
  if (!visit && consent === 'granted') core.open(consent, edges.storage)
  if (!visit && consent === 'cookieless') core.open(consent, createMemoryStorage())
  if (core.visit) recordHeld(core, core.visit)
}

/** Lets events go on that were made while nobody knew whether they may be recorded. */
function recordHeld({ held, send }: Core, { sessions, flush }: Visit): void {
  if (!held[0]) return
  for (const { json, identity } of held.splice(0)) {
    const made: MadeEvent = JSON.parse(json)
    send(made, identity, sessions.of(made.eventType))
  }
  void flush()
}

/** What is not even made needs no more than a count. */
function countRefused({ drops }: Core): void {
  drops.no_consent = (drops.no_consent ?? 0) + 1
}

/** What may be done. What the visitor chose here counts for more than what their browser says to all sites. */
function consentOf({ choice, settings, edges: { page, storage }, report }: Core): Consent {
  const { navigator } = page
  if (storage.read('tallymark.opt_out')) return 'denied'
  if (!settings.trackBots && (navigator.webdriver || /headless/i.test(navigator.userAgent))) {
    report("a program drives this browser: nothing is tracked without the option 'trackBots'")
    return 'denied'
  }
  const said: Record<string, Consent> = choice
    ? { 'setConsent()': choice }
    : {
        consent: settings.consent || 'granted',
        globalPrivacyControl: navigator.globalPrivacyControl ? settings.globalPrivacyControl : 'granted',
        doNotTrack: navigator.doNotTrack === '1' ? settings.doNotTrack : 'granted',
      }
  const ranks = Object.entries(said).map(([name, consent]) => {
    const fault = faultOfConsent(name, consent)
    // What nobody knows is taken for a no.
    if (fault) report(fault)
    return Math.max(0, consents.indexOf(consent))
  })
  return consents[Math.min(...ranks)] as Consent
}

/** Removes all that was stored, but for the switch of debug mode and the fact that somebody said no. */
function erase({ edges: { storage }, settings }: Core, { eraseBeside }: Following): Promise<void> {
  for (const key of storage.keys()) {
    if (/^tallymark[ .](?!opt_out$)/.test(key)) storage.remove(key)
  }
  return eraseBeside(settings.name)
}

function refuse({ drop }: Core, events: readonly QueuedEvent[]): void {
  for (const queued of events) drop(queued, 'no_consent', 'the visitor does not agree')
}
