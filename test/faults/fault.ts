import type { CollectorProcess, Ended, Options } from '../support/collector-process.ts'

/** Something that goes wrong with a collector, and how it is put right. */
export interface Fault {
  /** Completes the sentence "a collector …". */
  name: string
  /** What must be so before it can happen; by default nothing. */
  prepare?(folder: string): Ground | Promise<Ground>
  cause(scene: Scene): void | Promise<void>
  /** What its clients see of it: nothing, 503 in place of every acknowledgement, or that nobody is there any more. */
  shows: 'nothing' | 'refusals' | { end: Ended['code'] }
  /** In which words it refuses to be started again while the fault lasts; undefined: it may be started. */
  refusesToStart?: RegExp
  heal?(scene: Scene): void | Promise<void>
}

/** Where a collector lives. */
export interface Ground {
  /** How it must be started. */
  options?: Options
  /** Its folder as others see it, where that differs. */
  seenAs?: string
}

/** A running collector, and its database. */
export interface Scene {
  collector: CollectorProcess
  /** As the collector names it. */
  file: string
  /** The folder it is in, as the test sees it. */
  folder: string
  /** How often it has happened before. */
  time: number
}
