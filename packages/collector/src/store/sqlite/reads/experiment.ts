import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { termKinds } from '../facts/terms.ts'
import type { Read } from './context.ts'

/**
 * Of each viewer the first exposure is remembered, and the last goal: they converted unless that lies before it. An
 * exposure of the same instant as another comes behind it when it stands behind it in the log, as facts do.
 */
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
  const isVariant = new Set(terms.map(({ id }) => id))
  const exposure = names.id(exposureType)
  const goalType = names.id(goal)
  const variantOf = new Uint32Array(names.lastViewer + 1)
  const exposedAt = new Float64Array(names.lastViewer + 1)
  const goalAt = new Float64Array(names.lastViewer + 1)

  facts.scan(range, ['time', 'type', 'viewer', 'variant'], ({ day, rows, time, type, viewer, variant }) => {
    const begin = day * dayMs
    for (let row = 0; row < rows; row++) {
      const kind = type[row] as number
      const who = viewer[row] as number
      if ((kind !== exposure && kind !== goalType) || who === 0) continue
      const at = begin + (time[row] as number)
      if (kind === goalType && at > (goalAt[who] as number)) goalAt[who] = at
      if (kind !== exposure || !isVariant.has(variant[row] as number)) continue
      if (variantOf[who] !== 0 && at >= (exposedAt[who] as number)) continue
      variantOf[who] = variant[row] as number
      exposedAt[who] = at
    }
  })

  const counts = new Map(terms.map(({ id, variant }) => [id, { variant, exposures: 0, conversions: 0 }]))
  for (let who = 0; who < variantOf.length; who++) {
    const count = counts.get(variantOf[who] as number)
    if (!count) continue
    count.exposures++
    if ((goalAt[who] as number) >= (exposedAt[who] as number)) count.conversions++
  }
  return [...counts.values()].filter(({ exposures }) => exposures > 0)
}
