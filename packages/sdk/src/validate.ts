import { checkAgainstPlan, compilePlan, eventSchema, type Plan, rejectionFromZod } from '@tallymark/schemas'
import type { Checked } from './debug.ts'
import { report } from './report.ts'
import type { TrackedEvent } from './tracked-event.ts'

/** What a tracker's option `beforeSend` takes. */
type BeforeSend = (event: TrackedEvent) => TrackedEvent | null

/**
 * For development: checks each event against the tracking plan, as the collector will, and tells on the console what is
 * wrong with it. The event is sent all the same; the collector has the last word. It brings the plan and its schemas
 * into the page, so leave it out of what you ship.
 *
 * @param plan the tracking plan
 * @param beforeSend a function of your own, which comes first
 * @returns a function for the option `beforeSend`
 * @example
 * import { createTracker } from '@tallymark/sdk'
 * import { validated } from '@tallymark/sdk/validate'
 * import { plan } from './tallymark.plan.ts'
 *
 * const tracker = createTracker<typeof plan>({ endpoint, writeKey, beforeSend: validated(plan) })
 */
export function validated(plan: Plan, beforeSend: BeforeSend = (event) => event): BeforeSend & Checked {
  const check = checkerOf(plan)
  const checked: BeforeSend = (event) => {
    const changed = beforeSend(event)
    const fault = changed && check(changed)
    if (fault) report(`'${changed.eventType}' is not valid: ${fault}`)
    return changed
  }
  return Object.assign(checked, { check })
}

function checkerOf(plan: Plan): (event: TrackedEvent) => string | undefined {
  try {
    const compiled = compilePlan(plan)
    return (event) => {
      const parsed = eventSchema.safeParse(event)
      const rejection = parsed.success ? checkAgainstPlan(parsed.data, compiled) : rejectionFromZod(parsed.error)
      return rejection?.detail
    }
  } catch (error) {
    report('the plan cannot be used, so no event is checked', error)
    return () => undefined
  }
}
