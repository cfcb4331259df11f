import type { Plan } from '@tallymark/schemas'
import type { EventOptions } from '../../event.ts'
import { report } from '../../report.ts'
import type { AnyTracker, Stop } from './plugin-types.ts'

/** A tracker for the inside of a plugin, whose types have been checked outside. */
interface LooseTracker {
  track(eventType: string, options: EventOptions): void
}

/** What a plugin works with while it runs. */
export interface Running {
  /** Hears of an event before the page does. */
  listen<E extends Event>(target: EventTarget, type: string, hear: (event: E) => void): void
  /** Makes a function that never throws, and does nothing once the plugin was stopped. */
  safe<Given extends unknown[]>(run: (...given: Given) => void): (...given: Given) => void
  /** Aborted when the plugin was stopped. */
  signal: AbortSignal
}

/**
 * Starts a plugin: on a server nothing happens, and in a page nothing is thrown. What `setUp` returns is the last thing
 * that the plugin does.
 */
export function start<P extends Plan>(
  name: string,
  tracker: AnyTracker<P>,
  setUp: (running: Running, tracker: LooseTracker) => (() => void) | undefined,
): Stop {
  if (typeof window === 'undefined') return () => {}
  const stopped = new AbortController()
  const { signal } = stopped
  let end: (() => void) | undefined

  const safe: Running['safe'] =
    (run) =>
    (...given) => {
      try {
        if (!signal.aborted) run(...given)
      } catch (error) {
        report(`${name} failed`, error)
      }
    }

  const listen: Running['listen'] = (target, type, hear) =>
    target.addEventListener(type, safe(hear) as (event: Event) => void, { capture: true, signal })
  safe(() => {
    end = setUp({ listen, safe, signal }, tracker as LooseTracker)
  })()
  return () => {
    safe(() => end?.())()
    stopped.abort()
  }
}
