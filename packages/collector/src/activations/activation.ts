import { type activationBodySchema, type activationChangeSchema, nextStatuses, toEpochMs } from '@tallymark/schemas'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Activation } from '../store/store.ts'

/** A change, or a new activation, that must not be. The message is for the client. */
export class ActivationError extends Error {
  override name = 'ActivationError'
  readonly code: 'invalid_request' | 'conflict'
  /** The field at fault, as an RFC 6901 pointer into the body. */
  readonly pointer: string

  constructor(code: ActivationError['code'], pointer: string, message: string) {
    super(message)
    this.code = code
    this.pointer = pointer
  }
}

/** @throws {ActivationError} when it ends before it starts */
export function newActivation(
  body: z.output<typeof activationBodySchema>,
  tokenHash: string,
  createdAt: number,
): Activation {
  const { entityId, startsAt, endsAt, ...rest } = body
  const span = { startsAt: toEpochMs(startsAt), endsAt: toEpochMs(endsAt) }
  return inOrder({ ...rest, ...span, id: uuidv7(), entityId: String(entityId), tokenHash, createdAt })
}

/**
 * An activation as it would be after a change. What is fulfilled or cancelled stays as it is: a partner has seen it.
 *
 * @throws {ActivationError} when the change must not be
 */
export function changedActivation(
  activation: Activation,
  { partner, kind, startsAt, endsAt, status }: z.output<typeof activationChangeSchema>,
): Activation {
  const changed = inOrder({
    ...activation,
    partner: partner ?? activation.partner,
    kind: kind ?? activation.kind,
    startsAt: startsAt === undefined ? activation.startsAt : toEpochMs(startsAt),
    endsAt: endsAt === undefined ? activation.endsAt : toEpochMs(endsAt),
    status: status ?? activation.status,
  })
  const next = nextStatuses[activation.status]
  if (changed.status !== activation.status && !next.includes(changed.status)) {
    const choice = next.length > 0 ? `only ${next.join(' or ')}` : 'nothing else any more'
    const detail = `an activation that is ${activation.status} cannot become ${changed.status}, ${choice}`
    throw new ActivationError('conflict', '/status', detail)
  }
  if (next.length === 0 && isOther(changed, activation)) {
    throw new ActivationError('conflict', '', `an activation that is ${activation.status} stays as it is`)
  }
  return changed
}

function inOrder(activation: Activation): Activation {
  if (activation.startsAt < activation.endsAt) return activation
  throw new ActivationError('invalid_request', '/endsAt', 'endsAt must lie behind startsAt')
}

const isOther = (a: Activation, b: Activation) =>
  a.partner !== b.partner || a.kind !== b.kind || a.startsAt !== b.startsAt || a.endsAt !== b.endsAt
