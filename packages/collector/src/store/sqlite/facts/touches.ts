import { fromGaps, gapsOf } from './gaps.ts'
import type { PackedRecord } from './packed-record.ts'
import { columnAt, packTable } from './packed-table.ts'
import type { SummaryKind } from './summary-kind.ts'

const names = ['channel', 'campaign', 'time'] as const
type Touch = Record<(typeof names)[number], number>

/**
 * The first touch of each viewer on a day, that is the earliest event which says how they came, in the order of their
 * numbers. The first touch of all needs nothing else of the days before a range, and this is a tenth of what `visits` has.
 */
export const touches: SummaryKind<'time' | 'viewer' | 'channel' | 'campaign'> = {
  columns: ['time', 'viewer', 'channel', 'campaign'],
  begin() {
    const firsts = new Map<number, Touch>()
    return {
      add({ rows, time, viewer, channel, campaign }) {
        for (let row = 0; row < rows; row++) {
          const who = viewer[row] as number
          const from = channel[row] as number
          const by = campaign[row] as number
          if (who === 0 || (from === 0 && by === 0)) continue
          const at = time[row] as number
          const first = firsts.get(who)
          if (!first || at < first.time) firsts.set(who, { time: at, channel: from, campaign: by })
        }
      },
      pack() {
        const sorted = [...firsts].sort(([a], [b]) => a - b)
        return packTouches(
          sorted.map(([viewer]) => viewer),
          ...names.map((name) => sorted.map(([, touch]) => touch[name])),
        )
      },
    }
  },
}

/** Packs touches in the order of their viewers; when they were may be left out. */
export const packTouches = (viewers: ArrayLike<number>, ...columns: ArrayLike<number>[]): Buffer =>
  packTable([gapsOf(viewers), ...columns])

/** The touches of a packed day. */
export const touchesIn = (record: PackedRecord) => ({
  viewers: () => record.unpacked('viewer', (packed) => fromGaps(columnAt(packed, 0))),
  /** Times are milliseconds since the day began. */
  column: (name: (typeof names)[number]) =>
    record.unpacked(name, (packed) => columnAt(packed, 1 + names.indexOf(name))),
})
