import type { CompiledPlan } from '@tallymark/schemas'
import type { Context, Handler, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { checkNamed, ParamError } from '../reports/params.ts'
import { type Asking, type Audience, type Report, ReportRefusal } from '../reports/report.ts'
import { rolesOf } from '../reports/roles.ts'
import type { TrendingRule } from '../reports/trending-rule.ts'
import type { Fresh, KeyKind, Store } from '../store/store.ts'
import { requireReader } from './access-key.ts'
import { readActor } from './actor.ts'
import type { Arrivals } from './arrivals.ts'
import { parseBody, readBody } from './body.ts'
import { asOfHeader, cacheHeaders, publicCaching, sendTagged } from './caching.ts'
import { HttpProblem } from './http-problem.ts'
import type { OnError } from './observe.ts'
import { type Answer, described, type Operation } from './operation.ts'
import { onlyOne, parseParams } from './query.ts'
import { type Format, formats, sendRows, sendTable } from './tables.ts'

export interface ReportDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  userTokens: UserTokenVerifier | undefined
  arrivals: Arrivals
  trending: TrendingRule
  /** Whether what is public may be read without a key. */
  publicReads: boolean
  onError: OnError
  now: () => number
}

const keysFor: Record<Audience, readonly KeyKind[]> = {
  server: ['secret', 'admin'],
  self: ['write', 'secret', 'admin'],
  public: ['write', 'secret', 'admin'],
}

const formatParam = z.object({ format: z.enum(formats).default('json') })

/** What a report's declaration says of it. */
function toOperation({ method, path, summary, audience, query, answer, problems }: Report): Operation {
  const words = path.split('/').filter((part) => part !== 'v1' && /^[\w-]+$/.test(part))
  const tables = { 'text/csv': z.string(), 'application/x-ndjson': z.unknown().describe('A row') }
  const found: Answer = {
    description: 'The answer',
    content: { 'application/json': answer, ...tables },
    headers: { 'As-Of': 'Up to when it is complete, where it lags behind' },
  }
  return {
    id: [method.toLowerCase(), ...words.map(capitalized)].join(''),
    tag: 'Reports',
    summary: summary.replace(/\.$/, ''),
    keys: keysFor[audience],
    ...(audience === 'self' && { userToken: true }),
    ...(method === 'GET' ? { params: query } : { body: query }),
    query: formatParam,
    ...(problems && { problems }),
    answers:
      audience === 'public' ? { 200: found, 304: { description: 'It is what If-None-Match named' } } : { 200: found },
  }
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * Answers of one report to write keys that may be under way at once. Everybody has such a key: whoever asks again and
 * again would keep the operator's own questions waiting behind theirs.
 */
const maxForPages = 16

/** Answers a report with JSON, or its rows as CSV or NDJSON. */
export function reportHandler(report: Report, deps: ReportDependencies): Handler {
  const roles = rolesOf(deps.plan)
  let forPages = 0
  const isOpen = deps.publicReads && report.audience === 'public'
  return described({ ...toOperation(report), isOpen }, async (c) => {
    const isForPage = (await requireReader(c, deps.ring, keysFor[report.audience], isOpen)) === 'page'
    const actor = report.audience === 'self' ? await readActor(c, deps.userTokens) : null
    if (report.audience === 'self' && !actor) {
      throw new HttpProblem('forbidden', 'this is about the user who asks: send their token as X-User-Token')
    }
    const { format, given } = await readGiven(c, report, deps)
    const query = parseParams(report.query, given, report.method === 'GET')
    let asOf: number | null = null
    const asking: Asking = {
      read: async (name, asked) => answerIn(await deps.store.read(name, asked)),
      stream: async (name, asked) =>
        answerIn(await deps.store.stream(name, asked, format === 'json' ? 'ndjson' : format)),
      plan: deps.plan,
      roles,
      now: deps.now(),
      trending: deps.trending,
      publicOnly: isForPage,
      actorId: actor?.id,
    }
    const run = () =>
      orProblem(async () => {
        checkNames(query, deps.plan)
        return format !== 'json' && report.stream ? report.stream(query, asking) : report.run(query, asking)
      })
    const answer = await (isForPage ? inTurn(run) : run())
    const isPublic = isForPage && report.audience === 'public'
    const headers = { ...cacheHeaders(isPublic), ...asOfHeader(asOf) }
    if (format !== 'json' && report.stream) {
      return sendTable(c, answer as AsyncIterable<Uint8Array>, format, deps.onError, headers)
    }
    if (format !== 'json') {
      const rows = report.rows?.(answer) ?? [answer as object]
      return sendRows(c, rows, format, headers, rows.length > 0 ? undefined : columnsOf(report, query))
    }
    if (report.audience === 'public') return sendTagged(c, answer, headers)
    return c.body(JSON.stringify(answer), 200, { 'Content-Type': 'application/json', ...headers })

    function answerIn<T>(fresh: Fresh<T>): T {
      if (fresh.asOf !== null) asOf = Math.min(asOf ?? fresh.asOf, fresh.asOf)
      return fresh.answer
    }
  })

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (forPages >= maxForPages) {
      throw new HttpProblem('overloaded', 'too many ask for this at once: ask again later')
    }
    forPages++
    try {
      return await work()
    } finally {
      forPages--
    }
  }
}

/** What a table has even where it has no rows. */
function columnsOf({ columns, answer }: Report, query: unknown): readonly string[] {
  if (columns) return columns(query)
  const lists = answer instanceof z.ZodObject ? Object.values<z.ZodType>(answer.shape) : []
  const items = lists.flatMap((list) => (list instanceof z.ZodArray ? [list.element] : []))
  return items.flatMap((item) => (item instanceof z.ZodObject ? Object.keys(item.shape) : []))
}

export const reportCaching = ({ audience }: Report): MiddlewareHandler =>
  audience === 'public' ? publicCaching : (_c, next) => next()

/** Turns parameters that are wrong together into a problem. */
export async function orProblem<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ReportRefusal) throw new HttpProblem(error.code, error.message)
    if (error instanceof ParamError) throw new HttpProblem('invalid_request', error.message)
    throw error
  }
}

/** The format, and what was given beside it: the parameters of the path and of the URL, or the body. */
async function readGiven(
  c: Context,
  report: Report,
  { arrivals }: ReportDependencies,
): Promise<{ format: Format; given: unknown }> {
  const { key: _key, format: asked = ['json'], ...others } = c.req.queries()
  const format = formats.find((each) => each === onlyOne('format', asked))
  if (!format) throw new HttpProblem('invalid_request', `the parameter format must be one of ${formats.join(', ')}`)
  const path = c.req.param()
  for (const name of Object.keys(others)) {
    // It would count for nothing.
    const place = report.method === 'POST' ? 'the body' : Object.hasOwn(path, name) ? 'the path' : undefined
    if (place) throw new HttpProblem('invalid_request', `the parameter ${name} has its place in ${place}`)
  }
  if (report.method === 'POST') return { format, given: (await parseBody(await readBody(c, arrivals))).json }
  const url = Object.entries(others).map(([name, values]) => [name, onlyOne(name, values)])
  return { format, given: { ...Object.fromEntries(url), ...path } }
}

/**
 * Looks the types that most reports can be asked for up in the plan.
 *
 * @throws {ParamError} when one is not in it
 */
export function checkNames(query: unknown, plan: CompiledPlan): void {
  const { entityType, eventType } = query as { entityType?: string; eventType?: string | readonly string[] }
  checkNamed(plan, {}, { entityType })
  for (const type of [eventType].flat()) checkNamed(plan, { eventType: type })
}
