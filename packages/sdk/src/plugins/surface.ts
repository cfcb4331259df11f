/**
 * Tells the place in the product from the page that the visitor came from. A rule is
 * - `/search`: that page of this site, and those below it; `/` is the start page alone
 * - `/*`: any page of this site
 * - `google.com`: that host, and those below it
 * - `*`: any other site
 *
 * Of the rules that fit, the longest says it, and one with `*` only where there is no other. Without a referrer, or
 * where none fits, the answer is undefined, for which the plan may have a default.
 *
 * @param referrer - default: the document's
 * @param page - the address of the page itself
 * @example
 * const surface = surfaceFromReferrer({ '/explore': 'explore', '/u': 'profile', '/search': 'search', '*': 'embed' })
 * tracker.trackView({ type: 'project', id: 42 }, { surface })
 */
export function surfaceFromReferrer<const Surface extends string>(
  rules: Readonly<Record<string, Surface>>,
  referrer: string = typeof document === 'undefined' ? '' : document.referrer,
  page: string = typeof location === 'undefined' ? '' : location.href,
): Surface | undefined {
  const from = parse(referrer)
  if (!from) return undefined
  const isOwn = from.origin === parse(page)?.origin
  const fits = (rule: string) => {
    if (isOwn !== rule.startsWith('/')) return false
    if (!isOwn) return rule === '*' || `.${from.hostname}`.endsWith(`.${rule}`)
    return rule === '/*' || rule === from.pathname || (rule !== '/' && from.pathname.startsWith(`${rule}/`))
  }
  const [rule] = Object.keys(rules)
    .filter(fits)
    .sort((a, b) => precision(b) - precision(a))
  return rule === undefined ? undefined : rules[rule]
}

/**
 * Tells the place in the product from the active tab, by its name or its place in the row. Undefined for a tab that is
 * not listed.
 *
 * @example
 * const surface = surfaceFromTab({ forYou: 'explore_for_you', trending: 'explore_trending' }, 'trending')
 * tracker.trackClick({ type: 'project', id: 42 }, { surface, position: 3 })
 */
export function surfaceFromTab<const Surface extends string>(
  tabs: readonly Surface[] | Readonly<Record<string, Surface>>,
  active: string | number | null | undefined,
): Surface | undefined {
  return active != null && Object.hasOwn(tabs, active) ? (tabs as Record<string | number, Surface>)[active] : undefined
}

const precision = (rule: string) => (rule.endsWith('*') ? 0 : rule.length)

function parse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}
