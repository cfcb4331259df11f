export interface Lifecycle {
  /** The page may be going for good. It is called more than once: a hidden page often comes back. */
  leave(): void
  online(): void
  /** Another tab may have changed what is stored: this, if it is known. */
  changed(change: Partial<StorageEvent>): void
}

/**
 * Follows the page's life. Phones kill hidden pages without another word, so hiding is leaving. There is no `unload`
 * handler: it would keep the page out of the back/forward cache, and it does not fire where it matters.
 */
export function watchLifecycle({ leave, online, changed }: Lifecycle): void {
  document.addEventListener('visibilitychange', () => document.hidden && leave())
  addEventListener('pagehide', leave)
  addEventListener('online', online)
  addEventListener('storage', changed)
  // A page that comes back out of the back/forward cache was told nothing meanwhile.
  addEventListener('pageshow', changed)
}
