/** Random numbers that are the same in every run, by the generator sfc32. */
export class Random {
  #a = 0x9e3779b9
  #b = 0x243f6a88
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#c = seed | 0
    // The first numbers of seeds that are near to each other are alike.
    for (let n = 0; n < 16; n++) this.bits()
  }

  /** 32 bits, as an unsigned integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** From 0 up to 1, without 1. */
  fraction(): number {
    return this.bits() / 2 ** 32
  }

  /** An integer from 0 up to the limit, without the limit. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** How long until something happens that takes so long in the mean. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.fraction())
  }
}

/** Picks indexes as often as their weights say. */
export function weighted(weights: readonly number[]): (random: Random) => number {
  let sum = 0
  const bounds = Float64Array.from(weights, (weight) => (sum += weight))
  return (random) => {
    const at = random.fraction() * sum
    let low = 0
    let high = bounds.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((bounds[middle] ?? sum) > at) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Picks ranks from 0, the first one most often, as visitors pick pages and search words. */
export const zipf = (ranks: number, exponent: number) =>
  weighted(Array.from({ length: ranks }, (_, rank) => (rank + 1) ** -exponent))

/** 32 bits that belong to a number: the same for the same, and nothing alike for the next. */
export function scatter(n: number, salt: number): number {
  let bits = Math.imul(n ^ (salt * 0x9e3779b9), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35)
  bits = Math.imul(bits ^ (bits >>> 13), 0x27d4eb2f)
  return (bits ^ (bits >>> 16)) >>> 0
}
