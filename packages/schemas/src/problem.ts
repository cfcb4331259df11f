import { z } from 'zod'

/**
 * Every way in which the collector says no: the closed table of codes, with the HTTP status and the title of each.
 * A code inside a batch's results has the same meaning as the whole answer to a single event.
 */
export const problems = {
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 400, title: 'The request does not have the expected shape' },
  invalid_event: { status: 400, title: 'The event is not valid' },
  unrecognized_keys: { status: 400, title: 'There are keys that nobody knows' },
  unknown_event_type: { status: 400, title: 'The tracking plan has no such event type' },
  unknown_entity_type: { status: 400, title: 'The tracking plan has no such entity type' },
  missing_prop: { status: 400, title: 'A required prop is missing' },
  occurred_in_future: { status: 400, title: 'The event lies in the future' },
  occurred_too_old: { status: 400, title: 'The event is too old' },
  event_too_large: { status: 413, title: 'The event is too large' },
  batch_too_large: { status: 400, title: 'The batch is too long' },
  actor_not_allowed: { status: 400, title: 'A write key cannot say who acted' },
  source_not_allowed: { status: 400, title: 'A write key cannot use this source' },
  server_only: { status: 400, title: 'Only a server may send this event type' },
  missing_key: { status: 401, title: 'A key is needed' },
  invalid_key: { status: 401, title: 'The key is unknown' },
  revoked_key: { status: 401, title: 'The key was revoked' },
  invalid_user_token: { status: 401, title: 'The user token is not valid' },
  user_token_unsupported: { status: 401, title: 'This collector takes no user tokens' },
  key_in_url: { status: 403, title: 'This key must not stand in a URL' },
  forbidden: { status: 403, title: 'The key may not do this' },
  origin_not_allowed: { status: 403, title: 'The key may not be used from this origin' },
  entity_not_found: { status: 404, title: 'There is no such entity' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'This does not go with what is there' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  rate_limited: { status: 429, title: 'Too many events' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  overloaded: { status: 503, title: 'The collector is overloaded' },
  storage_unavailable: { status: 503, title: 'The collector cannot store events right now' },
  shutting_down: { status: 503, title: 'The collector is shutting down' },
} as const satisfies Record<string, { status: number; title: string }>

export const problemCodeSchema = z.enum(Object.keys(problems) as (keyof typeof problems)[])
export type ProblemCode = z.infer<typeof problemCodeSchema>

/** What is wrong with one value. The first five are about its type and bounds, the rest as in {@link problems}. */
const fieldErrorCodeSchema = z.enum([
  'invalid_type',
  'invalid_value',
  'too_small',
  'too_big',
  'missing_field',
  ...problemCodeSchema.extract(['unrecognized_keys', 'missing_prop', 'unknown_event_type', 'unknown_entity_type'])
    .options,
])
export type FieldErrorCode = z.infer<typeof fieldErrorCodeSchema>

export const fieldErrorSchema = z
  .object({
    pointer: z.string().describe('RFC 6901, into the request’s body: /events/3/props/rating'),
    code: fieldErrorCodeSchema,
    detail: z.string(),
  })
  .meta({ id: 'FieldError' })
export type FieldError = z.infer<typeof fieldErrorSchema>

/** RFC 9457 `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: problemCodeSchema,
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problemSchema>

/**
 * Makes a problem from its code.
 *
 * @example
 * problem('occurred_too_old', 'occurredAt is 31 days old, the limit is 30').status // 400
 */
export function problem(code: ProblemCode, detail: string, errors?: FieldError[]): Problem {
  const { status, title } = problems[code]
  return { type: `urn:tallymark:problem:${code}`, title, status, detail, code, ...(errors?.length && { errors }) }
}
