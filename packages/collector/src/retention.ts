import type { Job } from './jobs.ts'
import type { Store } from './store/store.ts'

/** For how long events are kept: as the configuration says, else as was set in the store. */
export class Retention {
  /** Undefined: the configuration leaves it to the store. */
  readonly configured: number | undefined
  readonly #store: Pick<Store, 'prune' | 'retention'>
  #running: Promise<number> | undefined

  constructor(store: Pick<Store, 'prune' | 'retention'>, configured: number | undefined) {
    this.#store = store
    this.configured = configured
  }

  /** Undefined: for good. */
  async keepDays(): Promise<number | undefined> {
    return this.configured ?? (await this.#store.retention()).keepDays ?? undefined
  }

  /** Lets go of what is older than it may be, and says how many events that were. Whoever asks meanwhile gets that run. */
  run(): Promise<number> {
    this.#running ??= this.#prune().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #prune(): Promise<number> {
    return this.#store.prune(await this.keepDays())
  }
}

export const retentionJob = (retention: Retention): Job => ({
  name: 'retention',
  firstAfterMs: 60_000,
  everyMs: 3_600_000,
  run: () => retention.run(),
})
