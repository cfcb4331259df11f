import {
  type CompiledPlan,
  type EventInput,
  eventSchema,
  fitsBytes,
  limits,
  quickParser,
  type Rejection,
  rejectionFromZod,
} from '@tallymark/schemas'
import { v7 as uuidv7 } from 'uuid'
import type { Draft, IngestRequest } from './draft.ts'

const eventParser = quickParser(eventSchema)

/** Where an event stands in the request, and whether the request is large enough to hold an oversized one. */
interface InRequest {
  pointer: string
  mayBeTooLarge: boolean
}

/** Size and schema: makes a draft of whatever was sent, or says why it is none. */
export function decode(
  input: unknown,
  { pointer, mayBeTooLarge }: InRequest,
  plan: CompiledPlan,
  request: IngestRequest,
): Draft | Rejection {
  if (mayBeTooLarge && !fitsBytes(input, limits.maxEventBytes)) {
    return { code: 'event_too_large', detail: `an event may be at most ${limits.maxEventBytes} bytes as JSON` }
  }
  const parsed = eventParser.safeParse(input)
  if (!parsed.success) return rejectionFromZod(parsed.error, pointer)
  const event: EventInput = parsed.data
  return {
    id: event.idempotencyKey ?? uuidv7(),
    event,
    declaration: plan.event(event.eventType) ?? { type: event.eventType, dedupe: undefined },
    plan,
    request,
    pointer,
    actor: request.actor,
    occurredAt: request.receivedAt,
    attribution: undefined,
    context: undefined,
    channel: null,
    bot: null,
    dayViewer: null,
    dedupe: null,
    outOfTime: undefined,
  }
}
