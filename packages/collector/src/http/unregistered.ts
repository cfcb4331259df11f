import type { CompiledPlan } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { sendJson } from './http-problem.ts'
import { cursorSchema, described, json, type Operation, pageOf } from './operation.ts'
import { readQuery } from './query.ts'

interface UnregisteredDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
}

/** Entities in one answer. */
const pageSize = 100

const listUnregistered = {
  id: 'listUnregistered',
  tag: 'Upkeep',
  summary: 'Entities that events name and that nobody has put',
  description:
    "Of the entity types that the plan declares `registered: 'checked'`. The one that was named first is first.",
  keys: ['admin'],
  query: z.object({ cursor: cursorSchema.optional() }),
  answers: {
    200: json(
      'A page of them',
      pageOf(
        z.object({
          entityType: z.string(),
          entityId: z.string(),
          events: z.int().describe('Those that count: none of a bot, none beyond the cap of a client'),
          firstDay: z.iso.date().describe('The day of its first event, in UTC'),
          lastDay: z.iso.date().describe('The day of its last one'),
        }),
      ),
    ),
  },
} satisfies Operation

/** `GET /v1/admin/unregistered?cursor`: entities of checked types that events name and that nobody has put. */
export function unregisteredHandler({ plan, ring, store }: UnregisteredDependencies): Handler {
  return described(listUnregistered, async (c) => {
    await requireKey(c, ring, listUnregistered.keys)
    const { cursor } = readQuery(c, listUnregistered.query)
    const { answer } = await store.read('unregistered', { entityTypes: plan.checkedEntities, cursor, limit: pageSize })
    return sendJson(c, answer)
  })
}
