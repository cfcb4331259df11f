import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import type { Read } from './context.ts'
import { firstTouch } from './first-touch.ts'
import { lastTouch } from './last-touch.ts'
import { TouchKeys } from './touch-keys.ts'

export const attribution: Read<ReadQuery<'attribution'>, ReadAnswer<'attribution'>> = (
  context,
  { model, by, goal, range },
) => {
  const { facts, names } = context
  const keys = new TouchKeys(by, names)
  const rows = (model === 'first' ? firstTouch : lastTouch)(context, keys, names.id(goal), facts.rounded(range))
  return rows.all().map(([key, row]) => ({ key: keys.text(key), ...row }))
}
