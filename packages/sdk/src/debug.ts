import type { Core } from './core-types.ts'
import type { TrackedEvent } from './tracked-event.ts'
import { wireFault } from './wire-check.ts'

/** A `beforeSend` that can say what is wrong with an event. */
export interface Checked {
  check?(event: TrackedEvent): string | undefined
}

/** Where the lines go. */
export type Log = (line: string, ...details: unknown[]) => void

/**
 * Debug mode: from now on every event and every attempt to deliver is a line on the console, with the event's check and
 * its place in the queue.
 */
export function openDebug(core: Core, log: Log = (...line) => console.log(...line)): void {
  const { settings, counts } = core
  const { beforeSend, onDrop, onFlush } = { ...settings }
  const tell: Log = (line, ...details) => log(`tallymark: ${line}`, ...details)
  /** What left the queue, in one way or another. */
  let gone = 0
  // What a leaving page sent may be acknowledged twice.
  const waiting = () => Math.max(0, counts.queued - gone)

  settings.beforeSend = (event) => {
    const changed = beforeSend ? beforeSend(event) : event
    if (!changed) return changed
    // A plan's validator hangs on beforeSend.
    const fault = (beforeSend as Checked | undefined)?.check?.(changed) ?? wireFault(changed)
    tell(`${nameOf(changed)} ${fault ? `is not valid: ${fault}` : 'is valid'}; ${waiting()} wait before it`, changed)
    return changed
  }
  settings.onDrop = (event, reason, detail) => {
    if (reason === 'queue_full' || reason === 'queue_expired') gone++
    tell(`${nameOf(event)} was dropped (${reason}): ${detail}`, event)
    onDrop(event, reason, detail)
  }
  settings.onFlush = (result) => {
    const { status, acknowledged, duplicates, dropped } = result
    gone += acknowledged + dropped
    const answer = status ? `the collector answered ${status}` : 'the collector did not answer'
    const known = duplicates ? ` (${duplicates} known before)` : ''
    tell(`${answer}: ${acknowledged} acknowledged${known}, ${dropped} refused; ${waiting()} wait`)
    onFlush(result)
  }
  tell(`debug mode is on, ${core.held.length} events are held until the visitor's choice is known`)
}

function nameOf({ eventType, entityType, entityId }: TrackedEvent): string {
  return `'${eventType}'${entityType ? ` on ${entityType} ${entityId}` : ''}`
}
