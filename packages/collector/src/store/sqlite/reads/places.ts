import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import type { Read } from './context.ts'
import { compileScope, flagsOf } from './scope.ts'

export const places: Read<ReadQuery<'places'>, ReadAnswer<'places'>> = (
  { facts, names },
  { by, scope, range, roles },
) => {
  const meant = compileScope(scope, names)
  const isImpression = flagsOf(names.ids(roles.impression ?? []))
  const isClick = flagsOf(names.ids(roles.click ?? []))
  const counted = new Map<number, { impressions: number; clicks: number }>()
  facts.scan(range, ['type', 'entity', by], ({ rows, type, entity, [by]: place }) => {
    for (let row = 0; row < rows; row++) {
      const id = type[row] as number
      const at = place[row] as number
      const isSeen = isImpression[id] === 1
      if (at === 0 || (!isSeen && isClick[id] !== 1) || !meant.has(id, entity[row] as number)) continue
      let count = counted.get(at)
      if (!count) {
        count = { impressions: 0, clicks: 0 }
        counted.set(at, count)
      }
      if (isSeen) count.impressions++
      else count.clicks++
    }
  })
  const rows = [...counted].map(([at, count]) => ({ key: by === 'position' ? at - 1 : names.text(at), ...count }))
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}
