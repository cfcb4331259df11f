import type { RareDelivery } from './flusher.ts'
import { judge } from './judge.ts'

/** Does to a batch, and to each of its events, what the table of decisions says about the answer. */
export const obeyRefusal: RareDelivery['obeyRefusal'] = async (outcome, answer, batch, token) => {
  const { reader, state, drop, answered, report } = outcome
  const { done, duplicates, dropped, next, complaint } = judge(batch, answer)
  const refused = dropped.map(({ queued }) => queued)
  await reader.remove(batch.filter((queued) => done.includes(queued) || refused.includes(queued)))
  answered({ status: answer.status, acknowledged: done.length, duplicates, dropped: dropped.length })
  for (const { queued, reason, detail } of dropped) drop(queued, reason, detail)
  if (complaint) report(complaint)
  if (next === 'halve') state.batchLimit = Math.ceil(batch.length / 2)
  if (next === 'wait_for_token') state.refusedToken = token
  // The page is set up wrongly: nothing more from it.
  if (next === 'stop') state.sendable = () => false
  return next !== 'retry'
}
