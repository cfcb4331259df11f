import type { CompiledPlan } from '@tallymark/schemas'
import type { Job } from './jobs.ts'
import type { Meter } from './metrics/meter.ts'
import type { Store } from './store/store.ts'

/**
 * Looks up the entities that events have named, where the plan wants them checked: long after the events were
 * acknowledged, so that nobody who sends one waits for it.
 */
export const checkReferencesJob = (plan: CompiledPlan, store: Pick<Store, 'read'>, meter: Meter): Job => ({
  name: 'check references',
  firstAfterMs: 10_000,
  everyMs: 60_000,
  async run() {
    const entityTypes = plan.checkedEntities
    if (entityTypes.length === 0) return
    const { answer } = await store.read('unregisteredCounts', { entityTypes })
    for (const [index, entityType] of entityTypes.entries()) meter.unregistered(entityType, answer[index] ?? 0)
  },
})
