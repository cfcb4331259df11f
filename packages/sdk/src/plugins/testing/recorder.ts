import type { EventOptions } from '../../event.ts'
import type { Tracker } from '../../tracker-types.ts'

export type Recorded = EventOptions & { eventType: string }

/** A tracker that keeps what it is told. */
export function createRecorder() {
  const events: Recorded[] = []
  const paths: string[] = []
  const track = (eventType: string, options?: EventOptions) => {
    events.push({ eventType, ...options })
    paths.push(location.pathname)
  }
  return {
    tracker: { track } as unknown as Pick<Tracker, 'track'>,
    /** The page that each event was recorded on: a tracker reads it in that moment. */
    paths,
    /** What was told since the last time. */
    take: (): Recorded[] => events.splice(0),
  }
}

/** What a browser does when a page goes: it tells the window, and its document. */
export function hide(state: 'hidden' | 'visible' = 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
}

export const leavePage = (): void => void window.dispatchEvent(new Event('pagehide'))

export function comeBack(): void {
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
}
