import { limits } from './limits.ts'

const encoder = new TextEncoder()

/** Why a value cannot be an event's `props`, or undefined when it can. */
export function checkProps(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object'
  if (!fitsDepth(value, limits.maxPropsDepth)) return `must not be nested deeper than ${limits.maxPropsDepth} levels`
  if (!fitsBytes(value, limits.maxPropsBytes)) return `must be at most ${limits.maxPropsBytes} bytes as JSON`
  return undefined
}

function fitsDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const key in value) {
    if (!fitsDepth((value as Record<string, unknown>)[key], levels - 1)) return false
  }
  return true
}

/** Whether a value is at most so many UTF-8 bytes as JSON. */
export function fitsBytes(value: unknown, maxBytes: number): boolean {
  const json = JSON.stringify(value) ?? ''
  // A UTF-16 unit is one to three bytes in UTF-8: most values are settled without encoding them.
  if (json.length * 3 <= maxBytes) return true
  return json.length <= maxBytes && encoder.encode(json).length <= maxBytes
}
