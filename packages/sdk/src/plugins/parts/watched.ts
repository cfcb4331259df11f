/** A stretch of a medium that was played without a jump, in seconds from its start. */
export type Stretch = [from: number, to: number]

/** How many seconds of a medium the stretches cover together; what was played twice counts once. */
export function coveredSeconds(stretches: readonly Stretch[]): number {
  let covered = 0
  let end = 0
  for (const [from, to] of [...stretches].sort(([a], [b]) => a - b)) {
    covered += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return covered
}
