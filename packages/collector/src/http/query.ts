import { rejectionFromZod } from '@tallymark/schemas'
import type { Context } from 'hono'
import { z } from 'zod'
import { HttpProblem } from './http-problem.ts'

/**
 * The parameters of a URL that a schema knows; others are left alone unless it is strict. Those for which it has a list
 * may be repeated.
 *
 * @throws {HttpProblem} `invalid_request`, naming the parameter
 */
export function readQuery<Schema extends z.ZodObject>(c: Context, schema: Schema): z.infer<Schema> {
  const isStrict = schema.def.catchall instanceof z.ZodNever
  const given = Object.entries(c.req.queries()).flatMap(([name, values]) => {
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined
    // The key was read before.
    if (!field && (!isStrict || name === 'key')) return []
    return [[name, field && isList(field) ? values : onlyOne(name, values)]]
  })
  return parseParams(schema, Object.fromEntries(given), true)
}

/** @throws {HttpProblem} `invalid_request` when a parameter was given several times */
export function onlyOne(name: string, [value, ...more]: readonly string[]): string {
  if (value === undefined || more.length > 0) throw refused(`${name} must be given once`)
  return value
}

/**
 * The parts of a path.
 *
 * @throws {HttpProblem} `invalid_request`, naming the part
 */
export function readParams<Schema extends z.ZodObject>(c: Context, schema: Schema): z.infer<Schema> {
  return parseParams(schema, c.req.param(), true)
}

/**
 * Checks parameters against their schema.
 *
 * @param inUrl they came with the URL, where there are no pointers: the sentence names the first that is wrong
 * @throws {HttpProblem} `invalid_request` or, in a body, `unrecognized_keys`
 */
export function parseParams<Schema extends z.ZodType>(schema: Schema, given: unknown, inUrl: boolean): z.infer<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const { code, detail, errors = [] } = rejectionFromZod(parsed.error, '', 'invalid_request')
  throw inUrl ? refused(errors[0]?.detail ?? detail) : new HttpProblem(code, detail, { errors })
}

const refused = (fault: string) => new HttpProblem('invalid_request', `the parameter ${fault}`)

/** Whether it may be given several times: a list, whatever is wrapped around it. */
function isList(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isList(schema.unwrap())
  if (schema instanceof z.ZodPipe) return isList(schema.out)
  return schema instanceof z.ZodArray
}
