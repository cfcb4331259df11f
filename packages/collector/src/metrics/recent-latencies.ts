const kept = 2048

/** The latencies of the last requests, for quantiles that say how it is now. */
export class RecentLatencies {
  readonly #ring = new Float64Array(kept)
  #added = 0

  add(ms: number): void {
    this.#ring[this.#added++ % kept] = ms
  }

  /** 0 when there is nothing yet. */
  quantile(q: number): number {
    const sorted = this.#ring.slice(0, Math.min(this.#added, kept)).sort()
    return sorted[Math.floor(q * (sorted.length - 1))] ?? 0
  }
}
