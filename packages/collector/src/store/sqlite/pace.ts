/** Fewer would cost more by the row than the pause is worth. */
const minRows = 50
/** What is read of the log for one step stays in memory until all projections have folded it. */
const maxRows = 5000

/**
 * How many rows a step of folding takes to last as long as it may. Rows cost what their projection, the file's size and
 * the machine make of them, so it is learned from the steps before.
 */
export class Pace {
  /** A guess: too slow for most. */
  #rowsPerMs = 20

  rowsIn(ms: number): number {
    return Math.round(Math.min(maxRows, Math.max(minRows, this.#rowsPerMs * ms)))
  }

  /** A step of so many rows has taken so long. A single slow one says little. */
  took(rows: number, ms: number): void {
    if (rows > 0 && ms > 0) this.#rowsPerMs = (this.#rowsPerMs + rows / ms) / 2
  }
}
