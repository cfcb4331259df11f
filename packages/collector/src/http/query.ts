import type { Context } from 'hono'
import type { z } from 'zod'
import { HttpProblem } from './http-problem.ts'

/**
 * A request's parameters, each by its name.
 *
 * @throws {HttpProblem} `invalid_request`, naming the parameter at fault
 */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, c: Context): z.infer<Schema> {
  const parsed = schema.safeParse(c.req.query())
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') {
    throw new HttpProblem('invalid_request', `there is no parameter ${issue.keys.join(', ').slice(0, 100)} here`)
  }
  throw new HttpProblem('invalid_request', `the parameter ${issue?.path.join()} cannot be used: ${issue?.message}`)
}
