/**
 * The number of the last one that is among the first, where large numbers come first: only those that come before it need
 * be put in their order. Minus infinity where there are fewer.
 */
export function leastOfFirst(limit: number, numbers: ArrayLike<number>): number {
  const first = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY)
  for (let n = 0; n < numbers.length; n++) {
    const value = numbers[n] as number
    let place = limit - 1
    if (value <= (first[place] as number)) continue
    for (; place > 0 && (first[place - 1] as number) < value; place--) first[place] = first[place - 1] as number
    first[place] = value
  }
  return first[limit - 1] as number
}
