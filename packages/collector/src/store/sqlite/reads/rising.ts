import { netLikes, trendingScore } from '@tallymark/schemas/metrics'
import type { Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { Read, ReadContext } from './context.ts'
import { EntityTallies } from './entity-tallies.ts'
import type { Names } from './names.ts'
import { type Candidate, comparePlaces, leading } from './rank.ts'

type Query = ReadQuery<'rising'>
type Place = Candidate & { bornAt: number }

export const rising: Read<Query, ReadAnswer<'rising'>> = (context, query) => {
  const { names } = context
  const { now, windowMs } = query
  // What a clock ahead of ours tells is of now.
  const recent = talliesOf(context, query, { from: now - windowMs, to: Number.MAX_SAFE_INTEGER })
  const previous = talliesOf(context, query, { from: now - 2 * windowMs, to: now - windowMs })
  const risers = new Risers(recent, previous, query)
  const hidden = query.publicOnly ? privateEntities(context) : new Set<number>()
  return fastest(risers, risers.candidates(hidden), birthsOf(context), names).map(({ entity, bornAt }) => ({
    ...names.entityRef(entity),
    title: names.title(entity),
    recent: numbersOf(recent, entity),
    previous: numbersOf(previous, entity),
    bornAt,
  }))
}

function talliesOf(context: ReadContext, { entityType, roles, publicOnly }: Query, range: Range): EntityTallies {
  const { view = [], like = [], unlike = [] } = roles
  const scope = { entityType, eventTypes: [...view, ...like, ...unlike] }
  return new EntityTallies(context, { scope, range, roles: { view, like, unlike }, isCapped: publicOnly })
}

const numbersOf = ({ counts }: EntityTallies, entity: number) => ({
  views: counts.views[entity] as number,
  likes: netLikes({ likes: counts.likes[entity] as number, unlikes: counts.unlikes[entity] as number }),
})

/** What happened to entities lately, and before. */
class Risers {
  readonly query: Query
  readonly #recent: EntityTallies
  readonly #previous: EntityTallies

  constructor(recent: EntityTallies, previous: EntityTallies, query: Query) {
    this.#recent = recent
    this.#previous = previous
    this.query = query
  }

  /** All of them, as if they had been born now. */
  candidates(hidden: ReadonlySet<number>): Candidate[] {
    const [recent, previous] = [this.#recent, this.#previous]
    const found: Candidate[] = []
    for (let entity = 1; entity < recent.touched.length; entity++) {
      if (recent.touched[entity] !== 1 && previous.touched[entity] !== 1) continue
      if (hidden.has(entity)) continue
      found.push({ entity, value: this.score(entity, 0), views: recent.counts.views[entity] as number })
    }
    return found
  }

  score(entity: number, daysOld: number): number {
    const [now, before] = [numbersOf(this.#recent, entity), numbersOf(this.#previous, entity)]
    const likes = { recent: now.likes, previous: before.likes }
    return trendingScore(likes, { recent: now.views, previous: before.views }, daysOld, this.query.weights).score
  }
}

/** Of so many it is looked up at once when they were born: one by one takes ten times as long. */
const lookedUp = 500

/** So many are looked at first, and as many as are wanted: to put all of them in their order would take most of the time. */
const looked = 200

function fastest(risers: Risers, candidates: readonly Candidate[], births: Births, names: Names): Place[] {
  const { limit } = risers.query
  const first = leading(candidates, limit + looked, [({ value }) => value])
  const { best, isSettled } = placed(risers, first, births, names)
  return isSettled || first.length === candidates.length ? best : placed(risers, candidates, births, names).best
}

/** Age only takes from a velocity: once enough have scores above all velocities that are left, those need no look. */
function placed(
  risers: Risers,
  candidates: readonly Candidate[],
  births: Births,
  names: Names,
): { best: Place[]; isSettled: boolean } {
  const { limit, now } = risers.query
  const best: Place[] = []
  const sorted = candidates.toSorted((a, b) => b.value - a.value)
  let bornAt = new Map<number, number>()
  for (const [n, { entity, views, value }] of sorted.entries()) {
    const last = best[limit - 1]
    if (last && last.value > Math.max(0, value)) return { best, isSettled: true }
    if (n % lookedUp === 0) bornAt = births(sorted.slice(n, n + lookedUp))
    const born = bornAt.get(entity) as number
    const place = { entity, views, bornAt: born, value: risers.score(entity, (now - born) / dayMs) }
    const at = best.findLastIndex((other) => compare(other, place, names) < 0) + 1
    if (at < limit) best.splice(at, 0, place)
    best.length = Math.min(best.length, limit)
  }
  return { best, isSettled: false }
}

const compare = (a: Candidate, b: Candidate, names: Names): number =>
  b.value - a.value ||
  b.views - a.views ||
  comparePlaces({ ...a, ...names.entityRef(a.entity) }, { ...b, ...names.entityRef(b.entity) })

function privateEntities({ db }: ReadContext): Set<number> {
  return new Set(db.prepare<[], number>('SELECT id FROM entity WHERE private = 1').pluck().all())
}

/** When entities were published, else when their first event was. */
type Births = (entities: readonly Candidate[]) => Map<number, number>

function birthsOf({ db }: ReadContext): Births {
  const find = db
    .prepare<[string], [entity: number, bornAt: number]>(`
      SELECT entity.id, coalesce(published_at, first_at) FROM json_each(?) wanted
        JOIN entity ON entity.id = wanted.value JOIN entity_score ON entity = entity.id`)
    .raw()
  return (entities) => new Map(find.all(JSON.stringify(entities.map(({ entity }) => entity))))
}
