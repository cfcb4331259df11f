import type { ProblemCode } from '@tallymark/schemas'
import { eventOf, type QueuedEvent } from './queued-event.ts'
import { report, safely } from './report.ts'
import type { TrackedEvent } from './tracked-event.ts'

/**
 * Why an event was given up: `queue_full` newer ones needed its place, `queue_expired` it waited too long,
 * `before_send` the page's own function said so, `no_consent` the visitor did, or the code of the problem that the
 * collector answered (of which the SDK finds `event_too_large` itself).
 */
export type DropReason = 'queue_full' | 'queue_expired' | 'before_send' | 'no_consent' | ProblemCode

/** How many events were given up, by reason. */
export type DropCounts = Partial<Record<DropReason, number>>

export type Drop = (queued: QueuedEvent, reason: DropReason, detail: string) => void

/** `before_send` and `no_consent`: nobody has to put that right. */
const deliberate = /^(bef|no_)/

/** Nothing is dropped without a name and a count; the console hears of what nobody meant. */
export function createDrop(
  counts: DropCounts,
  hooks: { onDrop(event: TrackedEvent, reason: DropReason, detail: string): void },
): Drop {
  return (queued, reason, detail) => {
    const event = eventOf(queued)
    counts[reason] = (counts[reason] ?? 0) + 1
    if (!deliberate.test(reason)) report(`dropped '${event.eventType}' (${reason}): ${detail}`)
    safely(() => hooks.onDrop(event, reason, detail))
  }
}
