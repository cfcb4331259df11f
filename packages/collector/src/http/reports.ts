import { roles as allRoles, type CompiledPlan, type Role } from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { ParamError } from '../reports/params.ts'
import type { Asking, Audience, Report } from '../reports/report.ts'
import type { RoleTypes } from '../store/reads.ts'
import type { KeyKind, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseBody, readBody } from './body.ts'
import { HttpProblem } from './http-problem.ts'
import { readActor } from './ingest.ts'
import { parseParams } from './query.ts'
import { type Format, formats, sendRows } from './tables.ts'

interface ReportDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  userTokens: UserTokenVerifier | undefined
  arrivals: Arrivals
  now: () => number
}

const keyKinds: Record<Audience, readonly KeyKind[]> = {
  server: ['secret', 'admin'],
  self: ['write', 'secret', 'admin'],
  public: ['write', 'secret', 'admin'],
}

/** Answers a report with JSON, or its rows as CSV or NDJSON. */
export function reportHandler(report: Report, deps: ReportDependencies): Handler {
  const roles = rolesOf(deps.plan)
  return async (c) => {
    const key = await requireKey(c, deps.ring, keyKinds[report.audience])
    const actor = report.audience === 'self' ? await readActor(c.req.header('x-user-token'), deps.userTokens) : null
    if (report.audience === 'self' && !actor) {
      throw new HttpProblem('forbidden', 'this is about the user who asks: send their token as X-User-Token')
    }
    const { format, ...given } = await readQuery(c, report, deps)
    const query = parseParams(report.query, given, report.method === 'GET')
    checkNames(query, deps.plan)
    let asOf: number | null = null
    const asking: Asking = {
      async read(name, readQuery) {
        const fresh = await deps.store.read(name, readQuery)
        if (fresh.asOf !== null) asOf = Math.min(asOf ?? fresh.asOf, fresh.asOf)
        return fresh.answer
      },
      entity: (entityType, entityId) => deps.store.entity(entityType, entityId),
      plan: deps.plan,
      roles,
      now: deps.now(),
      publicOnly: key.kind === 'write',
      actorId: actor?.id,
    }
    const answer = await answerOf(report, query, asking)
    const headers = {
      'Cache-Control':
        key.kind === 'write' && report.audience === 'public' ? 'no-cache, s-maxage=5' : 'private, no-store',
      Vary: 'Origin, Authorization',
      ...(asOf !== null && { 'As-Of': new Date(asOf).toISOString() }),
    }
    if (format !== 'json') return sendRows(c, report.rows?.(answer) ?? [answer as object], format, headers)
    return c.body(JSON.stringify(answer), 200, { 'Content-Type': 'application/json', ...headers })
  }
}

/** Lets a browser keep its copy of a public report and ask whether it is still the same. */
export const reportCaching = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'As-Of'],
})

async function answerOf(report: Report, query: unknown, asking: Asking): Promise<unknown> {
  try {
    return await report.run(query, asking)
  } catch (error) {
    if (error instanceof ParamError) throw new HttpProblem('invalid_request', error.message)
    throw error
  }
}

/** What was given: the parameters of the path and of the URL, or the body; and the format apart. */
async function readQuery(
  c: Context,
  report: Report,
  { arrivals }: ReportDependencies,
): Promise<{ format: Format } & Record<string, unknown>> {
  const { key: _key, format = 'json', ...url } = c.req.queries() as Record<string, string[] | 'json'>
  const [wanted] = typeof format === 'string' ? [format] : format
  if (!formats.includes(wanted as Format)) {
    throw new HttpProblem('invalid_request', `the parameter format must be one of ${formats.join(', ')}`)
  }
  if (report.method === 'POST') {
    const { json } = await parseBody(await readBody(c, arrivals))
    return { ...(json as object), format: wanted as Format }
  }
  const single = Object.entries(url).map(([name, values]) => [name, values.length === 1 ? values[0] : values])
  return { ...Object.fromEntries(single), ...c.req.param(), format: wanted as Format }
}

/** A name that the plan does not have is a slip of the pen, and not an empty report. */
function checkNames(query: unknown, plan: CompiledPlan): void {
  const { entityType, eventType } = query as { entityType?: unknown; eventType?: unknown }
  if (typeof entityType === 'string' && !plan.entity(entityType)) {
    throw new HttpProblem('invalid_request', 'the parameter entityType is not in the tracking plan')
  }
  for (const type of [eventType].flat()) {
    if (typeof type === 'string' && !plan.event(type)) {
      throw new HttpProblem('invalid_request', 'the parameter eventType is not in the tracking plan')
    }
  }
}

/** The plan's event types by role. */
export function rolesOf(plan: CompiledPlan): RoleTypes {
  const types = (role: Role) => plan.eventTypes.filter((type) => plan.event(type)?.role === role)
  return Object.fromEntries(allRoles.map((role) => [role, types(role)]))
}
