import invalid from './invalid.json' with { type: 'json' }
import valid from './valid.json' with { type: 'json' }

interface GoldenRow<Expected> {
  /** A sentence about the row. */
  name: string
  path: '/v1/track' | '/v1/batch'
  body: unknown
  expect: Expected
}

export type ValidRow = GoldenRow<{ status: number; body: Record<string, unknown> }>
export type InvalidRow = GoldenRow<{ status: number; code: string; errors?: { pointer: string; code: string }[] }>

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The golden payloads, with their instants set around `now` and their repetitions written out.
 *
 * @param now milliseconds since the epoch
 */
export function readGolden(kind: 'valid', now: number): ValidRow[]
export function readGolden(kind: 'invalid', now: number): InvalidRow[]
export function readGolden(kind: 'valid' | 'invalid', now: number): unknown[] {
  return (kind === 'valid' ? valid : invalid).map((row) => ({ ...row, body: writeOut(row.body, now) }))
}

function writeOut(value: unknown, now: number): unknown {
  if (typeof value === 'string') return instant(value, now)
  if (Array.isArray(value)) return value.map((element) => writeOut(element, now))
  if (typeof value !== 'object' || value === null) return value
  if ('$repeat' in value && 'times' in value) return repeat(writeOut(value.$repeat, now), Number(value.times))
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, writeOut(inside, now)]))
}

/** `$NOW-29d` as ISO 8601, `$NOW_MS-29d` as a number. */
function instant(text: string, now: number): string | number {
  const [found, asNumber, sign, amount, unit] = /^\$NOW(_MS)?(?:([+-])(\d+)([smhd]))?$/.exec(text) ?? []
  if (found === undefined) return text
  const distance = Number(amount ?? 0) * (unitMs[unit ?? ''] ?? 0)
  const ms = sign === '-' ? now - distance : now + distance
  return asNumber ? ms : new Date(ms).toISOString()
}

function repeat(value: unknown, times: number): unknown {
  return typeof value === 'string' ? value.repeat(times) : Array.from({ length: times }, () => structuredClone(value))
}
