// The numbers that the browser and the collector agree on. This file imports nothing, so that the SDK can use it
// without bringing a schema library into the page; and they are exported one by one, so that a page pays for those it
// uses. Import it as a whole: import * as limits from '…/limits'.

/** Events in one batch. */
export const maxBatchEvents = 50
/** One request body after decompression, in bytes. */
export const maxBodyBytes = 512 * 1024
/** One event as JSON, in bytes. */
export const maxEventBytes = 32 * 1024
/** `props` as JSON, in bytes. */
export const maxPropsBytes = 8 * 1024
/** Objects and arrays inside `props`, the outermost one counted. */
export const maxPropsDepth = 6
export const maxEventTypeLength = 100
export const maxEntityTypeLength = 64
export const maxEntityIdLength = 200
export const maxSurfaceLength = 64
export const maxPosition = 100_000
/** Watch, read or view time that one event adds: a day. */
export const maxDurationMs = 86_400_000
export const maxAttributionLength = 255
export const maxUrlLength = 2048
export const maxPathLength = 1024
export const maxTitleLength = 300
export const maxActorIdLength = 200
export const maxUserTokenLength = 8192
/** How far in the future a corrected `occurredAt` may lie. */
export const maxFutureMs = 60_000
/** How old a corrected `occurredAt` may be: 30 days. */
export const maxAgeMs = 30 * 86_400_000
/** Entities that one counts request may name. */
export const maxCountedEntities = 100
/** Entities that one request may put. */
export const maxPutEntities = 500
/** Items in one answer of a list. */
export const maxListed = 100
export const maxPartnerLength = 200
export const maxPreferenceDimensionLength = 64
export const maxPreferenceValueLength = 200
/** Funnels that a plan may declare: each day is summed up for each of them. */
export const maxFunnels = 8
export const maxFunnelSteps = 10
/** A year: chains longer than that tell nothing. */
export const maxFunnelWindowMs = 366 * 86_400_000
/** By how much one request may change a preference, up or down. */
export const maxPreferenceDelta = 1000

/** The form of an event type, an entity type and a click id's type: lower case, as in `calendar_sync`. */
export const namePattern = /^[a-z][a-z0-9_]*$/

/** The click ids that advertisers put into landing URLs: the query parameters by whose names they travel. */
export const clickIdParams = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'fbclid',
  'igshid',
  'msclkid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'yclid',
  'ysclid',
  'epik',
  'rdt_cid',
  'sccid',
  'irclickid',
  'qclid',
  'obclid',
  'tblci',
  'vmcid',
  'wickedid',
] as const

/** Whether a URL's query parameter says how the visitor came; every other one may be private and is stripped. */
export function isCampaignParam(name: string): boolean {
  return name.startsWith('utm_') || (clickIdParams as readonly string[]).includes(name)
}
