import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import type { Read } from './context.ts'

export const ownedEntities: Read<ReadQuery<'ownedEntities'>, ReadAnswer<'ownedEntities'>> = ({ names }, { ownerId }) =>
  names.ownedBy(ownerId).length
