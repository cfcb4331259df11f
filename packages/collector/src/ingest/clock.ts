import { limits, toEpochMs } from '@tallymark/schemas'
import type { Step } from './draft.ts'

const dayMs = 86_400_000
const tenthOfDayMs = dayMs / 10

/**
 * When the event occurred by our clock. A client whose clock is off stamps the request with the same clock as the
 * event, so what its `sentAt` is off is added to `occurredAt`.
 */
export const correctClock: Step = (draft) => {
  const { event, request, pointer } = draft
  if (event.occurredAt !== undefined) {
    draft.occurredAt = correctedTime(toEpochMs(event.occurredAt), request.receivedAt, request.sentAt)
  }
  const ageMs = request.receivedAt - draft.occurredAt
  if (ageMs < -limits.maxFutureMs) {
    draft.outOfTime = {
      code: 'occurred_in_future',
      detail: `occurredAt lies ${Math.ceil(-ageMs / 1000)} s in the future, at most ${limits.maxFutureMs / 1000} are taken: send sentAt with the request if the clock may be off`,
      errors: [{ pointer: `${pointer}/occurredAt`, code: 'too_big', detail: 'occurredAt must not lie in the future' }],
    }
  } else if (ageMs > limits.maxAgeMs) {
    draft.outOfTime = {
      code: 'occurred_too_old',
      detail: `occurredAt is ${Math.ceil(ageMs / tenthOfDayMs) / 10} days old, at most ${limits.maxAgeMs / dayMs} are taken`,
      errors: [{ pointer: `${pointer}/occurredAt`, code: 'too_small', detail: 'occurredAt is too old' }],
    }
  }
  return undefined
}

/** All three in milliseconds since the epoch; without `sentAt` the client's clock is believed. */
export function correctedTime(occurredAt: number, receivedAt: number, sentAt: number | undefined): number {
  return sentAt === undefined ? occurredAt : occurredAt + (receivedAt - sentAt)
}
