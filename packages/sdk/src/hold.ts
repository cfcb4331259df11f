import type { KeyValue } from './storage.ts'

/** The instant until which the collector wants to hear nothing, whichever tab it told. */
export const holdKey = (name: string): string => `${name} hold`

export const isHeld = (storage: KeyValue, name: string, nowMs: number): boolean =>
  Number(storage.read(holdKey(name))) > nowMs
