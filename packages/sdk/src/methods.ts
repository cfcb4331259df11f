import type { EntityRef } from '@tallymark/schemas'
import { type ConsentChoice, optOutKey } from './consent.ts'
import type { Core } from './core-types.ts'
import type { EventOptions } from './event.ts'
import { report } from './report.ts'
import { type SessionMetrics, sessionMetrics } from './session-metrics.ts'
import { beginSession, type Session } from './session-rules.ts'
import { type IdentifyOptions, readUserToken } from './user-token.ts'

// What can be done with a tracker. Each is a function of its own, so that a page loads those that it uses.

export function track({ record }: Core, eventType: string, options?: EventOptions): void {
  record(eventType, options)
}

export function trackView({ record }: Core, entity: EntityRef, options?: EventOptions): void {
  record('view', { ...options, entity })
}

export function trackClick({ record }: Core, entity: EntityRef, options?: EventOptions): void {
  record('click', { ...options, entity })
}

export function identify(core: Core, userToken: string | null, options?: IdentifyOptions): void {
  // What is held back belongs to whoever made it; the next one's events must not take its place.
  core.release()
  core.user = userToken === null ? undefined : readUserToken(userToken)
  if (userToken !== null && !core.user) report("identify() takes a JWT with a 'sub', or null: nobody is signed in")
  if (core.visit) {
    core.visit.state.user = core.user
    core.visit.flush()
  }
  const refresh = options?.refresh
  if (refresh) core.useExtras(({ keepFresh }) => keepFresh(core, refresh, (fresh) => identify(core, fresh)))
}

export function reset(core: Core): void {
  identify(core, null)
  core.visit?.anonymous?.renew()
  restart(core, undefined)
}

export function startNewSession(core: Core): void {
  restart(core, core.visit?.sessions.latest())
}

/** At once, and not with the next event: another tab would put the old session back. */
function restart(core: Core, previous: Session | undefined): void {
  const { edges, arrival } = core.begin()
  core.visit?.sessions.goOn(beginSession(previous, { ...edges, arrival, nowMs: edges.now() }), previous)
}

/** All zeros where nothing is tracked. */
export function getSessionMetrics(core: Core | undefined): SessionMetrics {
  return sessionMetrics(core?.visit?.sessions.latest(), core?.edges.now(), core?.settings.sessionTimeoutMs)
}

export function setConsent(core: Core, choice: ConsentChoice): void {
  const { consent } = core.begin()
  core.choice = choice
  if (choice !== consent) core.followConsent()
}

export function optOut({ edges, followConsent }: Core): void {
  edges.storage.write(optOutKey, '1')
  followConsent()
}

export function optIn({ edges, visit, followConsent }: Core): void {
  edges.storage.remove(optOutKey)
  // Whoever is visiting never opted out.
  if (!visit) followConsent()
}

export async function forgetMe(core: Core | undefined): Promise<boolean> {
  if (!core) return true
  const token = core.user?.token
  core.release()
  core.user = undefined
  return (await core.followConsent((extras) => extras.forgetMe(core, token))) === true
}

export async function flush(core: Core | undefined): Promise<void> {
  core?.release()
  // While it is being found out what may be done there is nowhere to send from.
  if (core && !core.visit) await core.useExtras(({ followConsent }) => followConsent(core))
  await core?.visit?.flush()
}
