import * as limits from './limits.ts'

const encoder = new TextEncoder()

const { maxPropsDepth, maxPropsBytes } = limits

const notAnObject = { code: 'invalid_type', expected: 'object', message: 'must be an object' } as const
const tooDeep = {
  code: 'too_big',
  origin: 'object',
  maximum: maxPropsDepth,
  message: `must not be nested deeper than ${maxPropsDepth} levels`,
} as const
const tooLarge = {
  code: 'too_big',
  origin: 'object',
  maximum: maxPropsBytes,
  message: `must be at most ${maxPropsBytes} bytes as JSON`,
} as const

const notFinite = {
  code: 'invalid_type',
  expected: 'number',
  message: 'must not contain a number that is too large to be written as JSON',
} as const

/** Why a value cannot be an event's `props`, or undefined when it can. */
export function checkProps(value: unknown): PropsFault | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject
  return checkInside(value, maxPropsDepth) ?? (fitsBytes(value, maxPropsBytes) ? undefined : tooLarge)
}

type PropsFault = typeof notAnObject | typeof tooDeep | typeof tooLarge | typeof notFinite

function checkInside(value: unknown, levels: number): typeof tooDeep | typeof notFinite | undefined {
  // JSON.parse makes Infinity of 1e999, and JSON.stringify null of that.
  if (typeof value === 'number' && !Number.isFinite(value)) return notFinite
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return tooDeep
  for (const key in value) {
    const fault = checkInside((value as Record<string, unknown>)[key], levels - 1)
    if (fault) return fault
  }
  return undefined
}

/** Whether a value is at most so many UTF-8 bytes as JSON. One nested too deeply to be written is not. */
export function fitsBytes(value: unknown, maxBytes: number): boolean {
  // Most values are settled without being written.
  if (mostBytes(value, maxBytes, maxEstimatedDepth) <= maxBytes) return true
  const json = toJson(value)
  return json !== undefined && json.length <= maxBytes && encoder.encode(json).length <= maxBytes
}

const maxEstimatedDepth = 20
/** The longest that a number and a boolean can be. */
const numberBytes = 25
const booleanBytes = 5
/** A control character is written as `\u001f`; what stands outside ASCII is at most three bytes a UTF-16 unit. */
const unitBytes = 6

/** No less than what a value takes as JSON; what lies deeper than so many levels is not looked at, and takes all. */
function mostBytes(value: unknown, enough: number, levels: number): number {
  if (typeof value === 'string') return unitBytes * value.length + 2
  if (typeof value === 'number') return numberBytes
  if (typeof value === 'boolean' || value === null) return booleanBytes
  if (typeof value !== 'object' || levels === 0 || 'toJSON' in value) return Number.POSITIVE_INFINITY
  let bytes = 2
  for (const key in value) {
    // Quotes, a colon and a comma.
    bytes += unitBytes * key.length + 4 + mostBytes((value as Record<string, unknown>)[key], enough, levels - 1)
    if (bytes > enough) return bytes
  }
  return bytes
}

/** JSON.parse reads any depth, JSON.stringify runs out of stack after a few thousand levels. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return undefined
  }
}
