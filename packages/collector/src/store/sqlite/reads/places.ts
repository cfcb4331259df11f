import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { unpackPlaceCounts } from '../facts/place-counts.ts'
import type { Read } from './context.ts'
import { CompiledScope, flagsOf } from './scope.ts'

export const places: Read<ReadQuery<'places'>, ReadAnswer<'places'>> = (
  { facts, summaries, names },
  { by, scope, range: asked, roles },
) => {
  const range = facts.rounded(asked)
  const meant = new CompiledScope(scope, names)
  const isImpression = flagsOf(names.ids(roles.impression ?? []))
  const isClick = flagsOf(names.ids(roles.click ?? []))
  const counted = new Map<number, { impressions: number; clicks: number }>()

  for (const day of facts.days(range)) {
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole && !meant.entities ? summaries.of(day, 'places') : undefined
    if (summary) {
      const { rows, type, entityType, count, [by]: place } = unpackPlaceCounts(summary.data)
      for (let row = 0; row < rows; row++) {
        if (!meant.hasTypes(type[row] as number, entityType[row] as number)) continue
        add(place[row] as number, type[row] as number, count[row] as number)
      }
    }
    facts.scanDay(
      day,
      range,
      ['type', 'entity', by],
      ({ rows, type, entity, [by]: place }) => {
        for (let row = 0; row < rows; row++) {
          if (meant.has(type[row] as number, entity[row] as number)) add(place[row] as number, type[row] as number, 1)
        }
      },
      summary?.parts,
    )
  }
  const rows = [...counted].map(([at, count]) => ({ key: by === 'position' ? at - 1 : names.text(at), ...count }))
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))

  function add(at: number, type: number, times: number): void {
    const isSeen = isImpression[type] === 1
    if (at === 0 || (!isSeen && isClick[type] !== 1)) return
    let count = counted.get(at)
    if (!count) {
      count = { impressions: 0, clicks: 0 }
      counted.set(at, count)
    }
    if (isSeen) count.impressions += times
    else count.clicks += times
  }
}
