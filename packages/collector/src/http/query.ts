import { rejectionFromZod } from '@tallymark/schemas'
import type { z } from 'zod'
import { HttpProblem } from './http-problem.ts'

/**
 * Checks parameters against their schema.
 *
 * @param inUrl they came with the URL, where there are no pointers: the sentence names the first that is wrong
 * @throws {HttpProblem} `invalid_request` or, in a body, `unrecognized_keys`
 */
export function parseParams<Query>(schema: z.ZodType<Query>, given: unknown, inUrl: boolean): Query {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const { code, detail, errors = [] } = rejectionFromZod(parsed.error, '', 'invalid_request')
  if (!inUrl) throw new HttpProblem(code, detail, { errors })
  const [{ pointer, detail: fault } = { pointer: '', detail }] = errors
  throw new HttpProblem('invalid_request', `the parameter ${pointer.slice(1)} is not right: ${fault}`)
}
