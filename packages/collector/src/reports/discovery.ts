import { z } from 'zod'
import { limitParam, rangeOf, rangeParams } from './params.ts'
import { report } from './report.ts'

export const discovery = report({
  method: 'GET',
  path: '/v1/reports/discovery',
  summary: 'What is searched for, by how many, how often in vain; and what is filtered by.',
  audience: 'server',
  query: z.strictObject({ limit: limitParam(20, 1000), ...rangeParams }),
  answer: z.object({
    searches: z.array(z.object({ query: z.string(), count: z.int(), unique: z.int(), zeroResults: z.int() })),
    filters: z.array(z.object({ filter: z.string(), value: z.unknown(), count: z.int() })),
  }),
  run: ({ limit, ...params }, { read, roles, now }) => read('discovery', { range: rangeOf(params, now), roles, limit }),
  columns: () => ['kind', 'query', 'count', 'unique', 'zeroResults', 'filter', 'value'],
  // Two lists in one table: what a row is says its first column.
  rows: ({ searches, filters }) => [
    ...searches.map((search) => ({ kind: 'search', ...search, filter: null, value: null })),
    ...filters.map(({ filter, value, count }) => ({
      kind: 'filter',
      query: null,
      count,
      unique: null,
      zeroResults: null,
      filter,
      value,
    })),
  ],
})
