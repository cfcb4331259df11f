import type { ProblemCode } from '@tallymark/schemas'

/**
 * What becomes of events that the collector did not take:
 * `drop` it says no for good, sending again would not help;
 * `wait_for_token` they belong to a user whose token it refuses, and wait for a fresh one;
 * `stop` the page is set up wrongly: nothing more is sent, the events stay queued;
 * `retry` later, no sooner than it asks;
 * `halve` the request is at fault: smaller ones, down to the one event that spoils them, which is dropped.
 */
export type Decision = 'drop' | 'wait_for_token' | 'stop' | 'retry' | 'halve'

/** The one table from the collector's problem codes to what the SDK does, for a single event and a whole batch alike. */
export const decisions: Readonly<Record<ProblemCode, Decision>> = {
  invalid_json: 'halve',
  invalid_request: 'halve',
  invalid_event: 'drop',
  unrecognized_keys: 'drop',
  unknown_event_type: 'drop',
  unknown_entity_type: 'drop',
  missing_prop: 'drop',
  occurred_in_future: 'drop',
  occurred_too_old: 'drop',
  event_too_large: 'drop',
  batch_too_large: 'halve',
  actor_not_allowed: 'drop',
  source_not_allowed: 'drop',
  server_only: 'drop',
  missing_key: 'stop',
  invalid_key: 'stop',
  revoked_key: 'stop',
  invalid_user_token: 'wait_for_token',
  user_token_unsupported: 'wait_for_token',
  key_in_url: 'stop',
  forbidden: 'stop',
  origin_not_allowed: 'stop',
  entity_not_found: 'drop',
  not_found: 'stop',
  method_not_allowed: 'stop',
  conflict: 'drop',
  request_timeout: 'retry',
  body_too_large: 'halve',
  unsupported_media_type: 'stop',
  rate_limited: 'retry',
  headers_too_large: 'stop',
  internal: 'retry',
  overloaded: 'retry',
  storage_unavailable: 'retry',
  shutting_down: 'retry',
}

/** What to do about one refused event. A code of a collector newer than this SDK is taken for a no for good. */
export function decideEvent(code: string): Exclude<Decision, 'halve'> {
  const decision = isKnown(code) ? decisions[code] : 'drop'
  return decision === 'halve' ? 'drop' : decision
}

/**
 * What to do about a refused request. An answer without a code comes from a proxy on the way, or from nobody:
 * status 0 is a failed connection, and a 2xx that is no acknowledgement a captive portal's page.
 */
export function decideRequest(status: number, code: string): Exclude<Decision, 'drop'> {
  const decision = isKnown(code) ? decisions[code] : undefined
  // Among several events nobody knows yet which one it is about.
  if (decision) return decision === 'drop' ? 'halve' : decision
  if (status === 400 || status === 413) return 'halve'
  return status < 300 || status === 408 || status === 425 || status === 429 || status >= 500 ? 'retry' : 'stop'
}

/** Whether it is a code of the table. */
export function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(decisions, code)
}
