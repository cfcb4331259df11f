import { errorFunction, gammaln } from 'simple-statistics'

/** So many of a group had the outcome. */
export interface Group {
  size: number
  hits: number
}

/** With fewer expected in a cell of the table, the normal distribution is no good approximation. */
const leastExpected = 5

/**
 * How probable it is that two groups differ in their rates as much as these or more, were there no difference between
 * them: two-sided. Of large groups by the two-proportion z-test with the pooled rate, of small ones by Fisher's exact
 * test: where any cell of their table is expected to have fewer than 5. Right to some 10⁻⁷.
 *
 * @returns 0 to 1; 1 when a group is empty
 */
export function pValueOf(one: Group, other: Group): number {
  const size = one.size + other.size
  const hits = one.hits + other.hits
  if (one.size === 0 || other.size === 0) return 1
  const expected = (Math.min(one.size, other.size) * Math.min(hits, size - hits)) / size
  return expected < leastExpected ? fisherTest(one, other) : zTest(one, other)
}

function zTest(one: Group, other: Group): number {
  const pooled = (one.hits + other.hits) / (one.size + other.size)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / one.size + 1 / other.size))
  const z = (one.hits / one.size - other.hits / other.size) / deviation
  return Math.min(1, 1 - errorFunction(Math.abs(z) / Math.SQRT2))
}

/** Adds up the probability of every table with the same margins that is not more probable than this one. */
function fisherTest(one: Group, other: Group): number {
  const hits = one.hits + other.hits
  const logChoose = (n: number, k: number) => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
  const whole = logChoose(one.size + other.size, hits)
  const probability = (k: number) => Math.exp(logChoose(one.size, k) + logChoose(other.size, hits - k) - whole)
  // Tables that are as probable differ in the last digits.
  const limit = probability(one.hits) * (1 + 1e-7)
  let sum = 0
  for (let k = Math.max(0, hits - other.size); k <= Math.min(hits, one.size); k++) {
    const each = probability(k)
    if (each <= limit) sum += each
  }
  return Math.min(1, sum)
}
