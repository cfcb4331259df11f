import { v7 } from 'uuid'
import { postRaw } from './beacon.ts'
import type { SetTimer } from './debounce.ts'
import type { Delivery } from './delivery.ts'
import { watchLifecycle } from './lifecycle.ts'
import { type Page, readPage } from './page.ts'
import { openQueue } from './queue.ts'
import { type KeyValue, openStorage } from './storage.ts'

/** Everything of the outside world that a tracker uses. Tests give it another one. */
export interface Edges {
  now(): number
  random(): number
  /** A UUID v7: unique, and in the order in which they are made. */
  newId(): string
  setTimer: SetTimer
  page: Page
  storage: KeyValue
  openQueue: typeof openQueue
  loadDelivery(): Promise<Delivery>
  postRaw: typeof postRaw
  watchLifecycle: typeof watchLifecycle
}

/** The browser. */
export function browserEdges(loadDelivery: () => Promise<Delivery>): Edges {
  return {
    now: Date.now,
    random: Math.random,
    newId: () => v7(),
    setTimer(run, delayMs) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    page: readPage(),
    storage: openStorage(),
    openQueue,
    loadDelivery,
    postRaw,
    watchLifecycle,
  }
}
