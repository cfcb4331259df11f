import type { PageOptions } from './plugin-types.ts'
import type { Running } from './start.ts'

export interface Moves {
  /** Just before the URL becomes that of another page, wherever that can be known. It may turn out otherwise. */
  leave?(): void
  /** Another page is here, or the same one again out of the back/forward cache. */
  arrive(): void
}

/** What makes two URLs two pages. */
function pageOf(url: string | URL, hash?: boolean): string {
  const { pathname, hash: fragment } = new URL(url, location.href)
  return hash ? pathname + fragment : pathname
}

/**
 * Follows the visitor from page to page without a load: by the Navigation API, and without it by the history, whose
 * methods are put back unless somebody else has changed them since.
 */
export function watchMoves({ listen, safe, signal }: Running, { hash }: PageOptions, { leave, arrive }: Moves): void {
  let page = pageOf(location.href, hash)
  const leaving = (to: string | URL) => page !== pageOf(to, hash) && leave?.()
  const moved = () => {
    const before = page
    page = pageOf(location.href, hash)
    if (page !== before) arrive()
  }

  listen<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => persisted && arrive())
  if (window.navigation) {
    listen<NavigateEvent>(navigation, 'navigate', ({ destination }) => leaving(destination.url))
    listen(navigation, 'navigatesuccess', moved)
    return
  }
  listen(window, 'popstate', moved)
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    const before = safe(leaving)
    const after = safe(moved)
    const wrapped: History['pushState'] = function (this: History, ...given) {
      before(given[2] ?? location.href)
      original.apply(this, given)
      after()
    }
    history[method] = wrapped
    signal.addEventListener('abort', () => {
      if (history[method] === wrapped) history[method] = original
    })
  }
}
