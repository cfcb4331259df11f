import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyNow, play, someHistory } from '../../../testing/history.ts'
import { openForReading } from '../connection.ts'
import { readContext } from '../reads/context.ts'
import { eventsByViewer } from './viewer-events.ts'

test('slices of few events have together what one slice of all has, and each no more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, fc.integer({ min: 1, max: 20 }), async (history, sliceRows) => {
      const { collector } = await play(history)
      await collector.store.flush()
      const db = openForReading(collector.file)
      const query = { scope: {}, range: { from: 0, to: historyNow } }
      const slicesOf = (rows: number) =>
        [...eventsByViewer(readContext(db), query, ['type', 'duration'], rows)].map(({ order, viewer, at, columns }) =>
          Array.from(order, (row) => [viewer[row], at[row], columns.type[row], columns.duration[row]]),
        )
      const slices = slicesOf(sliceRows)
      expect(slices.flat()).toEqual(slicesOf(Number.MAX_SAFE_INTEGER).flat())
      for (const slice of slices) {
        const viewers = new Set(slice.map(([viewer]) => viewer))
        expect(slice.length <= sliceRows || viewers.size === 1).toBe(true)
      }
      db.close()
      await collector.close()
    }),
    { numRuns: 10 },
  )
})
