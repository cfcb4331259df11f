import type { BatchAck } from '@tallymark/schemas'
import type { Answer } from './answer.ts'
import type { QueuedEvent } from './queued-event.ts'

/**
 * The answers that pass by themselves: none at all, a time-out, a rate, and whatever the server could not help. With
 * these the problem's code makes no difference.
 */
export const isPassing = ({ status }: Answer): boolean => !status || status >= 500 || [408, 425, 429].includes(status)

/** How many events of a batch the collector knew before, if it acknowledged them all; undefined if not. */
export function duplicatesIn(batch: readonly QueuedEvent[], { body }: Answer): number | undefined {
  try {
    const { results }: BatchAck = JSON.parse(body)
    if (results.length !== batch.length) return undefined
    return results.filter(({ data }) => (data as { reason?: string }).reason === 'duplicate').length
  } catch {
    // An event was rejected, which has no data; or it is not the collector's answer, but a captive portal's page.
    return undefined
  }
}
