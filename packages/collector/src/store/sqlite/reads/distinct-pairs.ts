/** Counts by group how many different numbers it has. What is held are the pairs, however many groups there are. */
export class DistinctPairs {
  #groups = new Uint32Array(4096)
  #numbers = new Uint32Array(4096)
  #size = 0

  add(group: number, number: number): void {
    if (this.#size === this.#groups.length) {
      this.#groups = grown(this.#groups)
      this.#numbers = grown(this.#numbers)
    }
    this.#groups[this.#size] = group
    this.#numbers[this.#size++] = number
  }

  /** @param top the largest number there is */
  count(groups: number, top: number): Uint32Array {
    const ends = new Uint32Array(groups)
    for (let n = 0; n < this.#size; n++) (ends[this.#groups[n] as number] as number)++
    for (let group = 1; group < groups; group++) (ends[group] as number) += ends[group - 1] as number
    const sorted = new Uint32Array(this.#size)
    const next = ends.slice()
    for (let n = 0; n < this.#size; n++)
      sorted[--(next[this.#groups[n] as number] as number)] = this.#numbers[n] as number
    const counts = new Uint32Array(groups)
    // In which group, plus one, a number was seen last.
    const seenIn = new Uint32Array(top + 1)
    for (let group = 0; group < groups; group++) {
      for (let n = next[group] as number; n < (ends[group] as number); n++) {
        const number = sorted[n] as number
        if (seenIn[number] === group + 1) continue
        seenIn[number] = group + 1
        ;(counts[group] as number)++
      }
    }
    return counts
  }
}

function grown(values: Uint32Array): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(values.length * 2)
  longer.set(values)
  return longer
}
