const digitBits = 14
const digits = 2 ** digitBits

/**
 * The rows of a day in the order of their times, and where those are the same in the order of the log, which is that of
 * the rows. By digits, as times within a day have but two of them: comparing would take several times as long.
 *
 * @param time milliseconds since the day began
 */
export function timeOrder(time: Uint32Array, rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  if (isOrdered(time, rows)) return order
  const byLow = sortedBy(order, (row) => (time[row] as number) & (digits - 1))
  return sortedBy(byLow, (row) => (time[row] as number) >>> digitBits)
}

function isOrdered(time: Uint32Array, rows: number): boolean {
  for (let row = 1; row < rows; row++) if ((time[row] as number) < (time[row - 1] as number)) return false
  return true
}

function sortedBy(order: Uint32Array, digitOf: (row: number) => number): Uint32Array {
  const ends = new Uint32Array(digits)
  for (let n = 0; n < order.length; n++) (ends[digitOf(order[n] as number)] as number)++
  for (let digit = 1; digit < digits; digit++) (ends[digit] as number) += ends[digit - 1] as number
  const sorted = new Uint32Array(order.length)
  for (let n = order.length - 1; n >= 0; n--) {
    const row = order[n] as number
    sorted[--(ends[digitOf(row)] as number)] = row
  }
  return sorted
}
