import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import type { Read } from './context.ts'
import { EntityTallies } from './entity-tallies.ts'
import { type Candidate, rank } from './rank.ts'

export const ranking: Read<ReadQuery<'ranking'>, ReadAnswer<'ranking'>> = (
  context,
  { scope, range, roles, by, minViews, limit, after },
) => {
  const { names } = context
  const eventType = typeof by === 'object' ? by.eventType : undefined
  const tallies = new EntityTallies(context, { scope, range, roles, eventType })
  const viewsOf = tallies.counts.views
  const candidates: Candidate[] = []
  for (let entity = 1; entity < tallies.touched.length; entity++) {
    const views = viewsOf[entity] as number
    if (tallies.touched[entity] === 1 && views >= minViews) candidates.push({ entity, value: valueFor(entity), views })
  }
  return rank(candidates, limit, names, after).map(({ entity, value }) => ({
    ...names.entityRef(entity),
    title: names.title(entity),
    value,
    tally: tallies.of(entity),
  }))

  function valueFor(entity: number): number {
    if (by === 'engagementScore') return tallies.score(entity)
    return (by === 'views' ? viewsOf : tallies.counted)[entity] as number
  }
}
