import type { ReadAnswer, ReadName, ReadQuery, Reads } from '../../reads.ts'
import { activity } from './activity.ts'
import { attribution } from './attribution.ts'
import { cohorts } from './cohorts.ts'
import type { Read, ReadContext } from './context.ts'
import { discovery } from './discovery.ts'
import { experiment } from './experiment.ts'
import { funnel } from './funnel.ts'
import { groups } from './groups.ts'
import { ownedEntities } from './owned-entities.ts'
import { places } from './places.ts'
import { ranking } from './ranking.ts'
import { rising } from './rising.ts'
import { segment } from './segment.ts'
import { series } from './series.ts'
import { session } from './session.ts'
import { sessionTotals } from './session-totals.ts'
import { siteTotals } from './site-totals.ts'
import { slots } from './slots.ts'
import { standings } from './standings.ts'
import { unregistered, unregisteredCounts } from './unregistered.ts'

/** Every read there is. */
const reads: { [Name in keyof Reads]: Read<ReadQuery<Name>, ReadAnswer<Name>> } = {
  activity,
  ranking,
  standings,
  rising,
  ownedEntities,
  unregistered,
  unregisteredCounts,
  session,
  sessionTotals,
  siteTotals,
  series,
  funnel,
  attribution,
  experiment,
  segment,
  groups,
  slots,
  places,
  discovery,
  cohorts,
}

export function answerRead<Name extends ReadName>(
  context: ReadContext,
  name: Name,
  query: ReadQuery<Name>,
): ReadAnswer<Name> {
  return reads[name](context, query)
}
