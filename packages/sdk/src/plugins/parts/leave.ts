import type { Running } from './start.ts'

/**
 * Does something when the page may be going for good: more than once, for a hidden page often comes back. It is heard
 * on the window while the event goes down, before the tracker sends what waits.
 */
export function onLeave({ listen }: Running, leave: () => void): void {
  listen(window, 'pagehide', leave)
  listen(window, 'visibilitychange', () => document.visibilityState === 'hidden' && leave())
}
