import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import { termKinds } from '../facts/terms.ts'
import type { Read } from './context.ts'
import { flagsOf } from './scope.ts'

const columns = ['time', 'type', 'viewer', 'variant'] as const

/** Which events are meant, by the numbers of their types and terms. */
interface Meant {
  exposure: number | undefined
  goal: number | undefined
  isVariant: Uint8Array
  viewers: number
}

export const experiment: Read<ReadQuery<'experiment'>, ReadAnswer<'experiment'>> = (
  { db, facts, names },
  { name, exposureType, goal, range },
) => {
  const terms = db
    .prepare<[number], { id: number; text: string }>('SELECT id, text FROM term WHERE kind = ?')
    .all(termKinds.variant)
    .map(({ id, text }) => {
      const [experimentName, variant = ''] = JSON.parse(text) as string[]
      return { id, experimentName, variant }
    })
    .filter(({ experimentName }) => experimentName === name)
  const found = new Exposures({
    exposure: names.id(exposureType),
    goal: names.id(goal),
    isVariant: flagsOf(terms.map(({ id }) => id)),
    viewers: names.lastViewer + 1,
  })
  facts.scan(range, columns, (chunk) => found.add(chunk))

  const counts = new Map(terms.map(({ id, variant }) => [id, { variant, exposures: 0, conversions: 0 }]))
  for (let who = 0; who < found.variantOf.length; who++) {
    const count = counts.get(found.variantOf[who] as number)
    if (!count) continue
    count.exposures++
    if (found.hasConverted(who)) count.conversions++
  }
  return [...counts.values()].filter(({ exposures }) => exposures > 0)
}

/**
 * Of each viewer the first exposure is remembered, and the last goal: they converted unless that lies before it. An
 * exposure of the same instant as another comes behind it when it stands behind it in the log, as facts do.
 */
class Exposures {
  /** By viewer: the term of the variant; 0 for none. */
  readonly variantOf: Uint32Array
  readonly #exposedAt: Float64Array
  readonly #goalAt: Float64Array
  readonly #exposure: number | undefined
  readonly #goal: number | undefined
  readonly #isVariant: Uint8Array

  constructor({ exposure, goal, isVariant, viewers }: Meant) {
    this.#exposure = exposure
    this.#goal = goal
    this.#isVariant = isVariant
    this.variantOf = new Uint32Array(viewers)
    this.#exposedAt = new Float64Array(viewers)
    this.#goalAt = new Float64Array(viewers)
  }

  add({ day, rows, time, type, viewer, variant }: Chunk<(typeof columns)[number]>): void {
    const [exposure, goal, isVariant, variantOf] = [this.#exposure, this.#goal, this.#isVariant, this.variantOf]
    const [exposedAt, goalAt, begin] = [this.#exposedAt, this.#goalAt, day * dayMs]
    for (let row = 0; row < rows; row++) {
      const kind = type[row] as number
      const who = viewer[row] as number
      if ((kind !== exposure && kind !== goal) || who === 0) continue
      const at = begin + (time[row] as number)
      if (kind === goal && at > (goalAt[who] as number)) goalAt[who] = at
      if (kind !== exposure || isVariant[variant[row] as number] !== 1) continue
      if (variantOf[who] !== 0 && at >= (exposedAt[who] as number)) continue
      variantOf[who] = variant[row] as number
      exposedAt[who] = at
    }
  }

  hasConverted(viewer: number): boolean {
    return (this.#goalAt[viewer] as number) >= (this.#exposedAt[viewer] as number)
  }
}
