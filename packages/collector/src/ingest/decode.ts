import {
  type CompiledPlan,
  type EventInput,
  eventSchema,
  fitsBytes,
  quickParser,
  type Rejection,
  rejectionFromZod,
} from '@tallymark/schemas'
import { v7 as uuidv7 } from 'uuid'
import type { Draft, IngestRequest } from './draft.ts'

const eventParser = quickParser(eventSchema)

/** Where an event stands in the request, and how large it may be, unless the request is too small to hold a larger one. */
interface InRequest {
  pointer: string
  maxBytes?: number | undefined
}

/** Size and schema: makes a draft of whatever was sent, or says why it is none. */
export function decode(
  input: unknown,
  { pointer, maxBytes }: InRequest,
  plan: CompiledPlan,
  request: IngestRequest,
): Draft | Rejection {
  if (maxBytes !== undefined && !fitsBytes(input, maxBytes)) {
    return { code: 'event_too_large', detail: `an event may be at most ${maxBytes} bytes as JSON` }
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
