import type { ProblemCode } from '@tallymark/schemas'
import { eventOf, type QueuedEvent } from './queued-event.ts'
import type { TrackedEvent } from './tracked-event.ts'

/**
 * Why an event was given up: `queue_full` newer ones needed its place, `queue_expired` it waited too long, or the code
 * of the problem that the collector answered (of which the SDK finds `event_too_large` itself).
 */
export type DropReason = 'queue_full' | 'queue_expired' | ProblemCode

/** How many events were given up, by reason. */
export type DropCounts = Partial<Record<DropReason, number>>

export type Drop = (queued: QueuedEvent, reason: DropReason, detail: string) => void

/** Nothing is dropped without a name and a count. */
export function createDrop(
  counts: DropCounts,
  onDrop: ((event: TrackedEvent, reason: DropReason, detail: string) => void) | undefined,
  report: (sentence: string, cause?: unknown) => void,
): Drop {
  return (queued, reason, detail) => {
    const event = eventOf(queued)
    counts[reason] = (counts[reason] ?? 0) + 1
    report(`dropped '${event.eventType}' (${reason}): ${detail}`)
    try {
      onDrop?.(event, reason, detail)
    } catch (error) {
      report('onDrop failed', error)
    }
  }
}
