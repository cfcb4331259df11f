import type { Core } from './core-types.ts'
import { report, safely } from './report.ts'

/** Calls that are kept until there is a tracker. More than this, and `init` has been forgotten. */
const maxEarlyCalls = 500

export interface DefaultTracker {
  /** Puts a tracker in charge, which takes over the calls that were made before. Only the first one counts. */
  start(open: () => Core | undefined): void
  /**
   * Makes a function that works with the tracker in charge; earlier calls wait for it.
   *
   * @param records whether it records an event: its second argument is the event's options, where the time is noted
   */
  later<Given extends unknown[]>(
    run: (core: Core, ...given: Given) => void,
    records?: boolean,
  ): (...given: Given) => void
  core(): Core | undefined
}

/** A stand-in for a tracker that does not exist yet. */
export function createDefaultTracker(): DefaultTracker {
  let core: Core | undefined
  /** Calls that wait; none is kept once there is a tracker, nor on a server, where nothing will ever take them. */
  let early: (() => void)[] | undefined = typeof window === 'undefined' ? undefined : []

  return {
    start(open) {
      if (!early) return core && report('init() was called twice')
      const calls = early
      early = undefined
      safely(() => {
        core = open()
      })
      calls.forEach(safely)
    },
    later:
      (run, records) =>
      (...given) => {
        const call = () => core && run(core, ...given)
        if (!early) return safely(call)
        if (records) given[1] = { occurredAt: Date.now(), ...Object(given[1]) }
        if (early.push(call) > maxEarlyCalls) {
          early.pop()
          report('init() is missing: calls are lost')
        }
      },
    core: () => core,
  }
}
