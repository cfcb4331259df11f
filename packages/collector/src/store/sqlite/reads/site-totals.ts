import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { siteBetween } from '../facts/site-count.ts'
import type { Read } from './context.ts'

export const siteTotals: Read<ReadQuery<'siteTotals'>, ReadAnswer<'siteTotals'>> = (context, { range }) => {
  const { events, viewers } = siteBetween(context, range)
  return { events, viewers: viewers.size }
}
