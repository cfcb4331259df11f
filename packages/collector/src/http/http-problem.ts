import { type FieldError, type Problem, type ProblemCode, problem } from '@tallymark/schemas'
import type { Context } from 'hono'
import { requestIdOf } from './observe.ts'

/** An answer that says no. Thrown anywhere below the routes, it becomes a problem document. */
export class HttpProblem extends Error {
  override name = 'HttpProblem'
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.problem = problem(code, detail, more.errors)
    this.headers = more.headers ?? {}
  }
}

/** How long a client should wait where only the collector's own state stands in the way. */
const retryAfterSeconds: Partial<Record<ProblemCode, number>> = {
  overloaded: 1,
  rate_limited: 5,
  shutting_down: 5,
  storage_unavailable: 5,
}

/** Answers with a problem document. */
export function sendProblem(c: Context, problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  const retryAfter = retryAfterSeconds[problem.code]
  return c.body(JSON.stringify(problem), problem.status as 400, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'private, no-store',
    'X-Request-Id': requestIdOf(c),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    ...headers,
  })
}

/**
 * Answers with JSON that no cache may keep. Made here and not by the context, which would take the headers through a
 * `Headers` of its own: on Node that costs a small request as much as reading its body.
 */
export function sendJson(
  _c: Context,
  body: unknown,
  { status = 200, headers = {} }: { status?: 200 | 201; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'private, no-store', ...headers },
  })
}
