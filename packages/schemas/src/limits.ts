/**
 * The numbers that the browser and the collector agree on. This file imports nothing, so that
 * the SDK can use it without bringing a schema library into the page.
 */
export const limits = {
  /** Events in one batch. */
  maxBatchEvents: 50,
  /** One request body after decompression, in bytes. */
  maxBodyBytes: 512 * 1024,
  /** One event as JSON, in bytes. */
  maxEventBytes: 32 * 1024,
  /** `props` as JSON, in bytes. */
  maxPropsBytes: 8 * 1024,
  /** Objects and arrays inside `props`, the outermost one counted. */
  maxPropsDepth: 6,
  maxEventTypeLength: 100,
  maxEntityTypeLength: 64,
  maxEntityIdLength: 200,
  maxSurfaceLength: 64,
  maxPosition: 100_000,
  /** Watch, read or view time that one event adds: a day. */
  maxDurationMs: 86_400_000,
  maxAttributionLength: 255,
  maxUrlLength: 2048,
  maxPathLength: 1024,
  maxTitleLength: 300,
  maxActorIdLength: 200,
  /** How far in the future a corrected `occurredAt` may lie. */
  maxFutureMs: 60_000,
  /** How old a corrected `occurredAt` may be: 30 days. */
  maxAgeMs: 30 * 86_400_000,
  /** Entities that one counts request may name. */
  maxCountedEntities: 100,
} as const

/** The form of an event type, an entity type and a surface's neighbours: lower case, as in `calendar_sync`. */
export const namePattern = /^[a-z][a-z0-9_]*$/

/** The click ids that advertisers put into landing URLs: the query parameters by whose names they travel. */
export const clickIdParams = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'gclsrc',
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
