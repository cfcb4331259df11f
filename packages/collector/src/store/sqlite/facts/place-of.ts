/** Where a number is among others in their order, from a place on, or where it would be. */
export function placeOf(numbers: Uint32Array, number: number, from = 0): number {
  let low = from
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return low
}
