import type { BatchAck, Problem } from '@tallymark/schemas'
import type { Answer } from './answer.ts'
import { type Decision, decideEvent, decideRequest, isKnown } from './decisions.ts'
import type { DropReason } from './drops.ts'
import type { QueuedEvent } from './queued-event.ts'

/** What an answer means for the events that were sent. Those it does not name stay in the queue. */
export interface Verdict {
  /** Acknowledged: stored, or ignored for a reason. */
  done: QueuedEvent[]
  /** How many of those the collector had already. */
  duplicates: number
  /** Refused for good. */
  dropped: { queued: QueuedEvent; reason: DropReason; detail: string }[]
  /** What to do about the rest. */
  next: 'go_on' | Exclude<Decision, 'drop'>
  /** Something that the page's author can put right. */
  complaint?: string
}

/** Finds out what an answer means that refuses events, or all of them. */
export function judge(batch: readonly QueuedEvent[], { status, body }: Answer): Verdict {
  const { results, code = '', detail = '' } = parse(body)
  const verdict: Verdict = { done: [], duplicates: 0, dropped: [], next: 'go_on' }
  if (status !== 200 || !Array.isArray(results)) {
    const decision = decideRequest(status, code)
    // A single event that cannot be sent in any smaller request spoiled the batches that it was in.
    const final = decision === 'halve' && batch.length === 1 ? 'drop' : decision
    refuse(verdict, batch, final, code || `status ${status}`, detail)
    return verdict
  }
  // What the answer leaves out was not acknowledged, and goes again.
  if (results.length < batch.length) verdict.next = 'retry'
  for (const { index, data, error } of results) {
    const queued = batch[index]
    if (!queued) continue
    if (error) refuse(verdict, [queued], decideEvent(error.code), error.code, error.detail)
    else verdict.done.push(queued)
    if (data?.tracked === false && data.reason === 'duplicate') verdict.duplicates++
  }
  return verdict
}

function refuse(
  verdict: Verdict,
  refused: readonly QueuedEvent[],
  decision: Decision,
  code: string,
  detail: string,
): void {
  if (decision === 'drop') {
    const reason = isKnown(code) ? code : 'invalid_event'
    verdict.dropped.push(...refused.map((queued) => ({ queued, reason, detail })))
    return
  }
  const waiting = decision === 'wait_for_token'
  if (waiting || decision === 'stop') verdict.complaint = `refused (${code}), the events wait: ${detail}`
  // A token that was not sent cannot be at fault; nothing to repeat at once.
  verdict.next = waiting && refused[0]?.identity === null ? 'retry' : decision
}

/** A body that is not the collector's JSON, say a proxy's page, says nothing. */
function parse(body: string): Partial<BatchAck & Problem> {
  try {
    return JSON.parse(body) ?? {}
  } catch {
    return {}
  }
}
