import type { Ack, CompiledPlan, IgnoreReason, Rejection } from '@tallymark/schemas'
import type { NewEvent } from '../store/store.ts'
import { authorise } from './authorise.ts'
import type { Fate } from './client-errors.ts'
import { correctClock } from './clock.ts'
import { decode } from './decode.ts'
import { keyForDedupe } from './dedupe-key.ts'
import type { Draft, IngestRequest, Step } from './draft.ts'
import { followPlan } from './follow-plan.ts'
import { inherit } from './inherit.ts'
import { type BotPolicy, markBot } from './mark-bot.ts'
import { nameChannel } from './name-channel.ts'
import { nameDayViewer } from './name-day-viewer.ts'
import { stripUrls } from './strip-urls.ts'
import { toNewEvent } from './to-new-event.ts'

/** What became of one event. */
export type EventResult = { ack: Ack } | { rejection: Rejection }

/** What an event goes through after it was decoded, and before the store decides on ids, entities and windows. */
const steps: readonly Step[] = [
  authorise,
  followPlan,
  correctClock,
  inherit,
  stripUrls,
  nameChannel,
  markBot,
  nameDayViewer,
  keyForDedupe,
]

/** The events of a request. */
export interface Inputs {
  events: readonly unknown[]
  /** `/events` where they stand in a list, else nothing. */
  pointer: string
  /** How large each may be as JSON; undefined where the body's size tells that none is larger. */
  maxBytes?: number | undefined
}

/** Where events go: one answer for each, after the commit. */
interface Destination {
  append(events: readonly NewEvent[]): Promise<Fate[]>
}

/** Sees what was sent and what became of it, once it is settled. */
export type Observer = (events: readonly unknown[], results: readonly EventResult[], request: IngestRequest) => void

/** Takes events through all steps to the commit. One bad event never sinks the others. */
export class Pipeline {
  readonly #plan: CompiledPlan
  readonly #store: Destination
  readonly #bots: BotPolicy
  readonly #observe: Observer | undefined
  readonly #steps: readonly Step[]

  constructor(plan: CompiledPlan, store: Destination, bots: BotPolicy, observe?: Observer) {
    this.#plan = plan
    this.#store = store
    this.#bots = bots
    this.#observe = observe
    this.#steps = bots === 'keep' ? steps.filter((step) => step !== markBot) : steps
  }

  /**
   * One result for each event, in order, after the commit of those that are stored.
   *
   * @throws {StoreError} when nothing could be stored
   */
  async ingest(inputs: Inputs, request: IngestRequest): Promise<EventResult[]> {
    const drafts = inputs.events.map((input, index) => this.#prepare(input, index, inputs, request))
    const taken = drafts.filter((draft) => 'event' in draft).filter((draft) => !this.#isDropped(draft))
    const outcomes = await this.#store.append(taken.map(toNewEvent))
    let next = 0
    const results = drafts.map((draft) => {
      if (!('event' in draft)) return { rejection: draft }
      return this.#isDropped(draft) ? ignored(draft, 'bot') : toResult(draft, outcomes[next++])
    })
    this.#observe?.(inputs.events, results, request)
    return results
  }

  #prepare(input: unknown, index: number, { pointer, maxBytes }: Inputs, request: IngestRequest): Draft | Rejection {
    const place = { pointer: pointer && `${pointer}/${index}`, maxBytes }
    const draft = decode(input, place, this.#plan, request)
    if (!('event' in draft)) return draft
    for (const step of this.#steps) {
      const rejection = step(draft)
      if (rejection) return rejection
    }
    return draft
  }

  #isDropped({ bot }: Draft): boolean {
    return this.#bots === 'drop' && bot !== null
  }
}

const ignored = ({ event }: Draft, reason: IgnoreReason): EventResult => ({
  ack: { eventId: event.idempotencyKey ?? null, tracked: false, reason },
})

function toResult(draft: Draft, outcome: Fate | undefined): EventResult {
  const { event, pointer } = draft
  switch (outcome) {
    case 'stored':
      return { ack: { eventId: draft.id, tracked: true } }
    case 'duplicate':
    case 'private_entity':
      return ignored(draft, outcome)
    case 'rate_limited':
      return { rejection: { code: outcome, detail: 'too many errors are told of at once: try again in a minute' } }
    case 'entity_not_found':
      return { rejection: entityNotFound(event.entityType, pointer) }
    default:
      return { rejection: draft.outOfTime ?? { code: 'internal', detail: 'the store gave no answer for this event' } }
  }
}

/** The same sentence for an entity that is unknown and for one that is private: nobody can tell them apart. */
function entityNotFound(entityType: string | undefined, pointer: string): Rejection {
  const detail = `there is no such ${entityType ?? 'entity'}: put it with the secret key first`
  return {
    code: 'entity_not_found',
    detail,
    errors: [{ pointer: `${pointer}/entityId`, code: 'invalid_value', detail }],
  }
}
