import { limits } from '@tallymark/schemas'

/** How large requests may be. The SDK sends no more than the defaults. */
export interface RequestLimits {
  /** Of a body after decompression. */
  bodyBytes: number
  batchEvents: number
  /** Of one event as JSON. */
  eventBytes: number
}

export const defaultLimits: RequestLimits = {
  bodyBytes: limits.maxBodyBytes,
  batchEvents: limits.maxBatchEvents,
  eventBytes: limits.maxEventBytes,
}
