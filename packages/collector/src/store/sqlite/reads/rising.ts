import { netLikes, trendingScore } from '@tallymark/schemas/metrics'
import type { Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { Read, ReadContext } from './context.ts'
import { EntityTallies } from './entity-tallies.ts'
import { type Candidate, comparePlaces } from './rank.ts'

type Query = ReadQuery<'rising'>
type Place = Candidate & { bornAt: number }

export const rising: Read<Query, ReadAnswer<'rising'>> = (context, query) => {
  const { names } = context
  const { now, windowMs, limit } = query
  // What a clock ahead of ours tells is of now.
  const recent = talliesOf(context, query, { from: now - windowMs, to: Number.MAX_SAFE_INTEGER })
  const previous = talliesOf(context, query, { from: now - 2 * windowMs, to: now - windowMs })
  const numbersOf = ({ counts }: EntityTallies, entity: number) => ({
    views: counts.views[entity] as number,
    likes: netLikes({ likes: counts.likes[entity] as number, unlikes: counts.unlikes[entity] as number }),
  })
  const hidden = query.publicOnly ? privateEntities(context) : new Set()
  const bornAt = birthOf(context)
  const velocities: Candidate[] = []
  for (let entity = 1; entity < recent.touched.length; entity++) {
    if (recent.touched[entity] !== 1 && previous.touched[entity] !== 1) continue
    if (hidden.has(entity)) continue
    velocities.push({ entity, value: scoreOf(entity, 0), views: recent.counts.views[entity] as number })
  }
  return fastest().map(({ entity, bornAt }) => ({
    ...names.entityRef(entity),
    title: names.title(entity),
    recent: numbersOf(recent, entity),
    previous: numbersOf(previous, entity),
    bornAt,
  }))

  function scoreOf(entity: number, daysOld: number): number {
    const [now, before] = [numbersOf(recent, entity), numbersOf(previous, entity)]
    const likes = { recent: now.likes, previous: before.likes }
    return trendingScore(likes, { recent: now.views, previous: before.views }, daysOld, query.weights).score
  }

  /** Age only takes from a velocity: once enough have scores above all velocities that are left, those need no look. */
  function fastest(): Place[] {
    const best: Place[] = []
    for (const { entity, views, value } of velocities.sort((a, b) => b.value - a.value)) {
      const last = best[limit - 1]
      if (last && last.value > Math.max(0, value)) break
      const born = bornAt(entity)
      const place = { entity, views, bornAt: born, value: scoreOf(entity, (now - born) / dayMs) }
      const at = best.findLastIndex((other) => compare(other, place) < 0) + 1
      if (at < limit) best.splice(at, 0, place)
      best.length = Math.min(best.length, limit)
    }
    return best
  }

  function compare(a: Candidate, b: Candidate): number {
    return (
      b.value - a.value ||
      b.views - a.views ||
      comparePlaces({ ...a, ...names.entityRef(a.entity) }, { ...b, ...names.entityRef(b.entity) })
    )
  }
}

function talliesOf(context: ReadContext, { entityType, roles, publicOnly }: Query, range: Range): EntityTallies {
  const { view = [], like = [], unlike = [] } = roles
  const scope = { entityType, eventTypes: [...view, ...like, ...unlike] }
  return new EntityTallies(context, { scope, range, roles, isCapped: publicOnly })
}

function privateEntities({ db }: ReadContext): Set<number> {
  return new Set(db.prepare<[], number>('SELECT id FROM entity WHERE private = 1').pluck().all())
}

/** When an entity was published, else when its first event was. */
function birthOf({ db }: ReadContext): (entity: number) => number {
  const birth = db
    .prepare<[number], number>(`
      SELECT coalesce(published_at, first_at) FROM entity JOIN entity_score ON entity = id WHERE id = ?`)
    .pluck()
  return (entity) => birth.get(entity) as number
}
