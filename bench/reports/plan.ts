import { definePlan, generalPlan } from '@tallymark/schemas'

/** What the collectors of the benches are given. Under another one a file's summaries would be made anew first. */
export const plan = definePlan({
  ...generalPlan,
  funnels: {
    saved: {
      steps: [{ eventType: 'impression' }, { eventType: 'click' }, { eventType: 'view' }, { eventType: 'save' }],
      windowMs: 24 * 3_600_000,
    },
  },
})
