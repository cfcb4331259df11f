const digitBits = 14
const digits = 2 ** digitBits

/**
 * The rows of a day in the order of their times, and where those are the same in the order of the log, which is that of
 * the rows. By digits, as times within a day have but two of them: comparing would take several times as long.
 *
 * @param time milliseconds since the day began
 */
export function timeOrder(time: Uint32Array, rows: number): Uint32Array {
  const order = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) order[row] = row
  if (isOrdered(time, rows)) return order
  return sortedBy(sortedBy(order, time, 0), time, digitBits)
}

function isOrdered(time: Uint32Array, rows: number): boolean {
  for (let row = 1; row < rows; row++) if ((time[row] as number) < (time[row - 1] as number)) return false
  return true
}

/** By the digit that begins at a bit. */
function sortedBy(order: Uint32Array, time: Uint32Array, shift: number): Uint32Array {
  const ends = new Uint32Array(digits)
  for (let n = 0; n < order.length; n++) (ends[((time[n] as number) >>> shift) & (digits - 1)] as number)++
  for (let digit = 1; digit < digits; digit++) (ends[digit] as number) += ends[digit - 1] as number
  const sorted = new Uint32Array(order.length)
  for (let n = order.length - 1; n >= 0; n--) {
    const row = order[n] as number
    sorted[--(ends[((time[row] as number) >>> shift) & (digits - 1)] as number)] = row
  }
  return sorted
}
