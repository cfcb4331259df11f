const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time with its unit: `'60s'`, `'5m'`, `'24h'`, `'30d'`. */
export type Duration = `${number}${keyof typeof unitMs}`

const pattern = /^(\d+(?:\.\d+)?)([smhd])$/

/**
 * Whole milliseconds in a duration, or undefined when the text is not one.
 *
 * @example
 * durationMs('5m') // 300_000
 */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = pattern.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs])
}
