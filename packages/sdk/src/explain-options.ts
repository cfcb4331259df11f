import type { Consent } from './consent.ts'
import type { defaults } from './options.ts'

/** The strictest first. */
export const consents: readonly unknown[] = ['denied', 'pending', 'cookieless', 'granted'] satisfies Consent[]
const consentOptions = ['consent', 'globalPrivacyControl', 'doNotTrack']

/**
 * Says what is wrong with options, naming each.
 *
 * @param like how each option's value looks, by an example
 * @param say called with a sentence for each fault
 */
export function explainOptions(given: unknown, like: typeof defaults, say: (sentence: string) => void): void {
  const { endpoint, writeKey, debounce, ...others }: Record<string, unknown> = Object(given)
  const faults: string[] = []
  if (typeof endpoint !== 'string' || !/^(https?:\/)?\/./i.test(endpoint)) {
    faults.push("'endpoint' must be the collector's URL, 'https://…'; nothing is tracked")
  }
  if (typeof writeKey !== 'string' || !writeKey) {
    faults.push("'writeKey' must be the site's public key, 'tm_pub_…'; nothing is tracked")
  }
  for (const [type, value] of Object.entries<unknown>(Object(debounce))) {
    if (value !== true && !(typeof value === 'number' && value > 0)) {
      faults.push(`'debounce.${type}' must be milliseconds, or true`)
    }
  }
  for (const [name, value] of Object.entries(others)) {
    const fault = faultOf(name, value, like)
    if (fault) faults.push(fault)
  }
  for (const fault of faults) say(fault)
}

/** Undefined for a consent that there is. */
export function faultOfConsent(name: string, value: unknown): string | undefined {
  return consents.includes(value) ? undefined : `'${name}' must be one of ${consents.join(', ')}`
}

function faultOf(name: string, value: unknown, like: typeof defaults): string | undefined {
  const example = like[name as keyof typeof like]
  if (example === undefined) return `there is no option '${name}'${meant(name, Object.keys(like))}`
  if (value === undefined) return undefined
  if (consentOptions.includes(name)) return faultOfConsent(name, value)
  if (typeof example === 'number') {
    return typeof value === 'number' && value > 0 ? undefined : `'${name}' must be a positive number`
  }
  return typeof value === typeof example ? undefined : `'${name}' must be a ${typeof example}`
}

/** Names that differ in case or begin alike are the usual mistakes. */
function meant(name: string, names: string[]): string {
  const alike = (other: string) => {
    const [a, b] = [name.toLowerCase(), other.toLowerCase()]
    return a.startsWith(b.slice(0, 6)) || b.startsWith(a)
  }
  const near = names.filter(alike)
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `; there are ${names.join(', ')}`
}
