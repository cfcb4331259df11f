/** Fewer leave the writer enough time to fold them as they come. Higher, folding would keep a surge from being one. */
const surgeEventsPerSecond = 2000
/** A surge that lasts is no surge: then folding goes on beside it. */
const maxSurgeMs = 30_000
const windowMs = 1000

/** Knows whether events come in so fast that folding had better wait for a quieter moment. */
export class Surge {
  readonly #clock: () => number
  #windowBegan: number
  #events = 0
  #began: number | undefined

  /** @param clock milliseconds of a clock that never steps back */
  constructor(clock = () => performance.now()) {
    this.#clock = clock
    this.#windowBegan = clock()
  }

  arrived(events: number): void {
    this.#beginWindow()
    this.#events += events
    if (this.#events >= (surgeEventsPerSecond * windowMs) / 1000) this.#began ??= this.#windowBegan
  }

  get isOn(): boolean {
    this.#beginWindow()
    return this.#began !== undefined && this.#clock() - this.#began < maxSurgeMs
  }

  #beginWindow(): void {
    const now = this.#clock()
    const elapsedMs = now - this.#windowBegan
    if (elapsedMs < windowMs) return
    if ((this.#events / elapsedMs) * 1000 < surgeEventsPerSecond) this.#began = undefined
    this.#windowBegan = now
    this.#events = 0
  }
}
