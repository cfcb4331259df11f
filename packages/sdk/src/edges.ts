import { v7 } from 'uuid'
import { postLeaving } from './beacon.ts'
import type { Extras, Surroundings } from './core-types.ts'
import { watchLifecycle } from './lifecycle.ts'
import { readPage } from './page.ts'
import { openQueue } from './queue.ts'
import type { Delivery } from './sender.ts'
import { openStorage } from './storage.ts'

/** What is loaded when it is needed, from where the build put it. */
export interface Loaders {
  loadDelivery(): Promise<Delivery>
  loadExtras(): Promise<Extras>
}

/** Everything of the outside world that a tracker uses. Tests give it another one. */
export interface Edges extends Surroundings, Loaders {
  openQueue: typeof openQueue
  postLeaving: typeof postLeaving
  watchLifecycle: typeof watchLifecycle
}

/** The browser. */
export function browserEdges(loaders: Loaders): Edges {
  return {
    ...loaders,
    now: Date.now,
    newId: v7,
    setTimer(run, delayMs) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    page: readPage(),
    storage: openStorage(),
    openQueue,
    postLeaving,
    watchLifecycle,
  }
}
