import type { EventTypeOf, Plan } from '@tallymark/schemas'
import type { AnyTracker, Named, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'
import { chooseVariant, firstVariant, type Variants } from './parts/variant.ts'

export { chooseVariant, type Variants } from './parts/variant.ts'

/** Options of {@link assignVariant}. */
export interface ExperimentOptions<E extends string> {
  /** Who sees the variant. Default: the tracker's anonymous id. */
  viewerId?: string
  /** Records an event type of this name instead of `experiment_exposure`. */
  eventType?: E
}

/** What each tracker has recorded in this page. */
const exposures = new WeakMap<object, Set<string>>()

/**
 * Gives the viewer a variant of an experiment, always the same one, and records once in a tab's session that they saw it:
 * an `experiment_exposure` with `props {experiment, variant}`. Call it where the variant is shown, not before.
 *
 * Without an id, as in a page without consent, nobody can be held to a variant: everybody gets the first one, and is not
 * part of the experiment.
 *
 * @param variants - their names, for equal shares; or each name with its share
 * @example
 * const variant = assignVariant(tracker, 'checkout_button', { control: 9, bold: 1 })
 * button.classList.toggle('bold', variant === 'bold')
 */
export function assignVariant<
  P extends Plan,
  const V extends string,
  E extends EventTypeOf<P> = Usual<P, 'experiment_exposure'>,
>(
  tracker: AnyTracker<P> & { readonly anonymousId?: string | undefined } & Named<E>,
  experiment: string,
  variants: Variants<V>,
  options?: ExperimentOptions<E>,
): V {
  const { anonymousId }: { anonymousId?: string } = Object(tracker)
  const { eventType = 'experiment_exposure', viewerId = anonymousId } = { ...options }
  if (!viewerId) return firstVariant(variants)
  const variant = chooseVariant(experiment, viewerId, variants)
  start('experiments', tracker, (_, to) => {
    const exposure = JSON.stringify([experiment, viewerId, variant])
    // Who has an anonymous id has agreed to storage.
    if (isNew(tracker, exposure, anonymousId !== undefined)) to.track(eventType, { props: { experiment, variant } })
  })()
  return variant
}

function isNew(tracker: object, exposure: string, mayStore: boolean): boolean {
  const known = exposures.get(tracker) ?? new Set()
  exposures.set(tracker, known)
  const isKnown = known.has(exposure) || (mayStore && wasStored(`tallymark.exposure ${exposure}`))
  known.add(exposure)
  return !isKnown
}

/** Reading and writing throw where the user denied storage. */
function wasStored(key: string): boolean {
  try {
    const stored = sessionStorage.getItem(key)
    sessionStorage.setItem(key, '1')
    return stored !== null
  } catch {
    return false
  }
}
