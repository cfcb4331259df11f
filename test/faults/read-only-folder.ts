import { chmodSync } from 'node:fs'
import type { Fault } from './fault.ts'

/** Nothing can be made in its folder any more when it is started again. */
export const readOnlyFolder: Fault = {
  name: 'may not write into its folder',
  // Root may write wherever it wants, unless it is told not to.
  prepare: () => (process.getuid?.() === 0 ? { options: { within: ['setpriv', '--bounding-set=-dac_override'] } } : {}),
  async cause({ collector, folder }) {
    await collector.stop()
    chmodSync(folder, 0o555)
  },
  shows: { end: 0 },
  refusesToStart: /events\.db.* must be writable/,
  heal: ({ folder }) => chmodSync(folder, 0o755),
}
