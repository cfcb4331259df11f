import { randomUUID } from 'node:crypto'
import { ask } from './collector-process.ts'

interface Event {
  idempotencyKey: string
  eventType: string
  entityType: string
  entityId: string
  anonymousId: string
}

/** What a client knows of its events: those that were acknowledged, and those that are still to be sent. */
export interface Ledger {
  acknowledged: Set<string>
  /** Answered in a way that no client can be content with. */
  refused: string[]
  waiting: Event[]
}

export const newLedger = (): Ledger => ({ acknowledged: new Set(), refused: [], waiting: [] })

function makeEvent(): Event {
  return {
    idempotencyKey: randomUUID(),
    eventType: 'like',
    entityType: 'page',
    entityId: `page-${Math.floor(Math.random() * 20)}`,
    anonymousId: randomUUID(),
  }
}

/**
 * Sends events one after another, single ones and batches, until `isOver` or until the collector is gone. Whatever
 * was not acknowledged stays in the ledger, and is sent first the next time.
 */
export async function sendUntil(isOver: () => boolean, url: string, key: string, ledger: Ledger): Promise<void> {
  while (!isOver()) {
    const size = Math.random() < 0.5 ? 1 : 1 + Math.floor(Math.random() * 50)
    const taken = ledger.waiting.splice(0, size)
    const events = taken.length > 0 ? taken : Array.from({ length: size }, makeEvent)
    const isTaken = await send(events, url, key, ledger)
    if (!isTaken) return
  }
}

/** Sends what is still waiting, once. */
export async function sendWaiting(url: string, key: string, ledger: Ledger): Promise<void> {
  const isDone = () => ledger.waiting.length === 0
  await sendUntil(isDone, url, key, ledger)
}

async function send(events: Event[], url: string, key: string, ledger: Ledger): Promise<boolean> {
  const [first] = events
  const isSingle = events.length === 1
  const answer = await ask(`${url}${isSingle ? '/v1/track' : '/v1/batch'}`, key, {
    method: 'POST',
    body: isSingle ? first : { events },
  }).catch(() => undefined)
  if (answer === undefined || answer.status === 503) {
    ledger.waiting.push(...events)
    return false
  }
  if (answer.status !== 200 && answer.status !== 201) {
    ledger.refused.push(`${answer.status} ${JSON.stringify(answer.body)}`)
    return false
  }
  const results = isSingle ? [{ data: answer.body }] : (answer.body as { results: { data: unknown }[] }).results
  for (const [index, { data }] of results.entries()) {
    const { eventId } = data as { eventId: string | null }
    if (eventId === events[index]?.idempotencyKey) ledger.acknowledged.add(eventId)
    else ledger.refused.push(JSON.stringify(results[index]))
  }
  return true
}
