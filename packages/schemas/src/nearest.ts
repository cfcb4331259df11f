const farthest = 2

/**
 * The name that was probably meant: the closest one within two typing mistakes, upper and lower case aside.
 *
 * @example
 * nearest('veiw', ['view', 'click']) // 'view'
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  // A short name has few letters that could be wrong before it is another name altogether.
  let best = Math.min(farthest, Math.floor(wanted.length / 3)) + 1
  let found: string | undefined
  for (const candidate of names) {
    const known = candidate.toLowerCase()
    // The length alone rules most names out, so that a flood of unknown names stays cheap.
    if (Math.abs(known.length - wanted.length) >= best) continue
    const mistakes = distance(wanted, known)
    if (mistakes < best) {
      best = mistakes
      found = candidate
    }
  }
  return found
}

/** Letters to insert, delete, replace or swap with their neighbour to make one text of the other. */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
