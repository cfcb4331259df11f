/** What each number of a rising row has more than the one before it: small ones, which are packed in fewer bits. */
export const gapsOf = (numbers: ArrayLike<number>): Uint32Array =>
  Uint32Array.from(numbers, (number, n) => (n === 0 ? number : number - (numbers[n - 1] as number)))

/** Makes the numbers of their gaps again, in the same place. */
export function fromGaps(gaps: Uint32Array): Uint32Array {
  for (let n = 1; n < gaps.length; n++) (gaps[n] as number) += gaps[n - 1] as number
  return gaps
}
