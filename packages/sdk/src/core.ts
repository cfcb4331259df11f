import * as limits from '@tallymark/schemas/limits'
import { parseAttribution } from './attribution.ts'
import { optOutKey } from './consent.ts'
import type { Core, Extras, Visit } from './core-types.ts'
import { createDebounce } from './debounce.ts'
import { createDrop } from './drops.ts'
import { browserEdges, type Edges, type Loaders } from './edges.ts'
import { buildEvent, type EventOptions, type MadeEvent } from './event.ts'
import type { FlushResult } from './flush-result.ts'
import { createAnonymousIdentity } from './identity.ts'
import { defaults, readOptions, type Settings, type TrackerOptions } from './options.ts'
import { openOutbox } from './outbox.ts'
import { isWary } from './page.ts'
import { eventOf, type QueuedEvent, toQueued } from './queued-event.ts'
import { report, safely } from './report.ts'
import { createSessions, sessionKey } from './session.ts'
import type { Session } from './session-rules.ts'
import type { KeyValue } from './storage.ts'
import type { TrackedEvent } from './tracked-event.ts'

/**
 * Makes a tracker for the browser; none on a server, and where the options cannot be used. The loaders fetch the parts
 * that not every page needs.
 */
export function openCore(options: TrackerOptions, loaders: Loaders): Core | undefined {
  if (typeof window === 'undefined') return undefined
  const settings = readOptions(options, location.href, () => {
    useExtras(loaders, ({ explainOptions }) => explainOptions(options, defaults, report))
  })
  return settings && assembleCore(settings, browserEdges(loaders))
}

/** Events that wait for the visitor's choice. */
const maxHeld = 500

/** Puts a tracker together. `record` is the path of one event. */
export function assembleCore(settings: Settings, edges: Edges): Core {
  const { now, newId, page, storage, setTimer } = edges
  const debounce = createDebounce(setTimer, enqueue)
  const drops: Core['drops'] = {}
  const drop = createDrop(drops, settings)
  const counts = { queued: 0, sent: 0, duplicates: 0 }
  let begun = false
  let visit: Visit | undefined
  let latest: Session | undefined
  let anonymousId: string | undefined
  const core: Core = {
    settings,
    edges,
    counts,
    drops,
    drop,
    report,
    arrival: {},
    consent: 'pending',
    ended: [],
    held: [],
    get visit() {
      begin()
      return visit
    },
    begin,
    record,
    send,
    enqueue,
    release: debounce.flush,
    open,
    followConsent,
    useExtras: (use) => useExtras(edges, use),
  }

  function record(eventType: string, said: EventOptions = {}): void {
    begin()
    const { held, user } = core
    // A session begins before its first event, also in the order of the ids.
    const session = visit?.sessions.of(eventType)
    const at = { idempotencyKey: newId(), occurredAt: now(), context: page.context() }
    const made = buildEvent(eventType, said, at)
    const identity = user?.sub ?? null
    if (session) send(made, identity, session)
    else {
      const surplus = held.push(toQueued(made, identity)) > maxHeld && held.shift()
      if (surplus) drop(surplus, 'queue_full', 'newer ones came')
    }
  }

  /** The visitor may have opted out in another tab. That is found out when it happens, and not for each event. */
  function obeyOptOut(): void {
    if (visit && storage.read(optOutKey)) followConsent()
  }

  function send(made: MadeEvent, identity: string | null, session: Session): void {
    // For as long as the session is not read anew, nor is the id: a storage that rested takes its time.
    if (session !== latest) {
      latest = session
      anonymousId = visit?.anonymous?.id()
    }
    const asked = core.choice || settings.consent
    const consent = anonymousId ? (asked ? 'granted' : undefined) : 'cookieless'
    const event: TrackedEvent = {
      ...made,
      sessionId: session.id,
      anonymousId,
      attribution: session.attribution,
      context: { ...made.context, consent },
    }
    const changed = settings.beforeSend ? beforeSend(event, settings.beforeSend) : event
    const { eventType, entityType, entityId } = changed ?? event
    const queued = toQueued(changed ?? event, identity)
    const waitMs = settings.debounce[eventType]
    if (!changed) drop(queued, 'before_send', 'by beforeSend')
    else if (queued.bytes > limits.maxEventBytes) drop(queued, 'event_too_large', `${queued.bytes} bytes`)
    else if (waitMs) debounce.hold(`${[eventType, entityType, entityId]}`, waitMs === true ? 1_000 : waitMs, queued)
    else enqueue(queued)
  }

  function enqueue(queued: QueuedEvent): void {
    counts.queued++
    visit?.queue.push(queued)
    visit?.added()
  }

  function open(consent: 'granted' | 'cookieless', kept: KeyValue): void {
    const granted = consent === 'granted'
    const sessions = createSessions(
      settings,
      { ...edges, storage: kept, arrival: core.arrival },
      ({ index, previousId }) => {
        if (settings.sessionStartEvent)
          record(settings.sessionStartEvent, { props: { index, previousSessionId: previousId } })
      },
    )
    const outbox = openOutbox({ ...core, storage: kept, persist: granted, answered }, edges)
    core.consent = consent
    visit = { sessions, anonymous: granted ? createAnonymousIdentity(kept, newId) : undefined, ...outbox }
    // Deliver what earlier pages left behind.
    outbox.flush()
  }

  function answered(result: FlushResult): void {
    counts.sent += result.acknowledged
    counts.duplicates += result.duplicates
    safely(() => settings.onFlush(result))
  }

  function followConsent(use?: (extras: Extras) => Promise<unknown>): Promise<unknown> {
    debounce.flush()
    visit?.close()
    if (visit) core.ended.push(visit)
    visit = undefined
    core.consent = 'pending'
    core.record = record
    return useExtras(edges, use ?? ((extras) => extras.followConsent(core)))
  }

  /** Opens the storage, which takes its time: in a task of its own, unless it is needed before. */
  function begin(): Core {
    if (begun) return core
    begun = true
    core.arrival = parseAttribution(page.url, page.referrer)
    edges.watchLifecycle({
      leave: () =>
        safely(() => {
          debounce.flush()
          obeyOptOut()
          if (visit?.sessions.save()) visit.leave()
        }),
      online: () => visit?.online(),
      changed({ key, newValue }) {
        // A database that is still being opened is not told that it was deleted.
        if (key === sessionKey && !newValue) visit?.queue.discard()
        obeyOptOut()
      },
    })
    // In any other case somebody has to be asked, or something else to be done first.
    if (storage.read('tallymark_debug')) settings.debug = true
    const simple =
      (!settings.consent || settings.consent === 'granted') && !settings.debug && !isWary(page, settings.trackBots)
    if (simple && !storage.read(optOutKey)) open('granted', storage)
    else followConsent()
    return core
  }

  setTimer(begin, 0)
  // Both take long, the first time: not while the page is busy, if they can wait.
  setTimer(page.context, 0)
  setTimer(newId, 0)
  return core
}

/** Works with the part that most pages never need; undefined when it cannot be loaded. */
export async function useExtras<T>(
  { loadExtras }: Loaders,
  use: (extras: Extras) => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await use(await loadExtras())
  } catch (error) {
    report('a part of the SDK failed', error)
  }
}

/** Works on a copy: what it changes must not change the page's own data, or the session's. */
function beforeSend(event: TrackedEvent, change: (event: TrackedEvent) => TrackedEvent | null): TrackedEvent | null {
  const copy = eventOf(toQueued(event, null))
  try {
    const changed = change(copy)
    return changed && { ...changed, idempotencyKey: event.idempotencyKey }
  } catch (error) {
    report('beforeSend failed', error)
    return event
  }
}
