import { type CompiledPlan, entityIdSchema, entityTypeSchema, eventTypeSchema, limits } from '@tallymark/schemas'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Range } from '../store/reads.ts'

// What reports take, each parameter once. In a URL everything is text.

export const entityTypeParam = entityTypeSchema
export const entityIdParam = entityIdSchema.transform(String)
export const eventTypeParam = eventTypeSchema
export const ownerIdParam = z.string().min(1).max(limits.maxEntityIdLength)

export const limitParam = (byDefault: number, most: number) =>
  z.coerce.number().int().min(1).max(most).default(byDefault)

/** Either takes some names that the other does not. */
const isTimezone = (name: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

export const timezoneParam = z
  .string()
  .max(64)
  .refine(isTimezone, 'is not a time zone: use a name such as Europe/Berlin')
  .default('UTC')

const instantParam = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
  error: 'must be an ISO 8601 date, or date and time',
})

/** `from` and `to`, half-open, in UTC unless there is a time zone. */
export const rangeParams = {
  from: instantParam.optional(),
  to: instantParam.optional(),
  timezone: timezoneParam,
}

export interface RangeParams {
  from?: string | undefined
  to?: string | undefined
  timezone: string
}

/** Wrong in a way that only shows when parameters are looked at together. */
export class ParamError extends Error {
  override name = 'ParamError'
}

/**
 * A name that the plan does not have is a slip of the pen, and not an empty report.
 *
 * @param events event types by the parameters that name them; `entities` likewise
 * @throws {ParamError} when one is not in the plan
 */
export function checkNamed(
  plan: CompiledPlan,
  events: Readonly<Record<string, string | undefined>>,
  entities: Readonly<Record<string, string | undefined>> = {},
): void {
  const isUnknown = ([, type]: [string, string | undefined]) => type !== undefined && !plan.event(type)
  const isUnknownEntity = ([, type]: [string, string | undefined]) => type !== undefined && !plan.entity(type)
  const [param] = Object.entries(events).find(isUnknown) ?? Object.entries(entities).find(isUnknownEntity) ?? []
  if (param !== undefined) throw new ParamError(`the parameter ${param} is not in the tracking plan`)
}

/** Events may lie this far ahead of the clock, and count at once: an acknowledged event is in the next report. */
export const endOfNow = (now: number) => now + limits.maxFutureMs + 1

/**
 * The range that was asked for: up to now unless there is `to`; from the beginning unless there is `from`, or from so
 * long before its end.
 *
 * @throws {ParamError} when it ends before it begins
 */
export function rangeOf(
  { from, to, timezone }: RangeParams,
  now: number,
  byDefaultMs = Number.POSITIVE_INFINITY,
): Range {
  const end = to === undefined ? now : instantOf(to, timezone)
  const range = {
    from: from === undefined ? Math.max(0, end - byDefaultMs) : instantOf(from, timezone),
    to: to === undefined ? endOfNow(now) : end,
  }
  if (range.from > range.to) throw new ParamError('the parameter from must not lie after to')
  return range
}

const dayMs = 86_400_000

/** How far back a period reaches from now. */
export const periods = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, all: Number.POSITIVE_INFINITY } as const
export type Period = keyof typeof periods
export const periodParam = z.enum(['day', 'week', 'month', 'all']).default('week')

/** In place of `from` and `to`. */
export const optionalPeriodParam = periodParam.unwrap().optional()

export const periodStart = (period: Period, now: number) => Math.max(0, now - periods[period])

/** A place in a list, in a text that means nothing to whoever carries it from one page to the next. */
export const toCursor = (place: readonly unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url')

export const cursorParam = <Place>(place: z.ZodType<Place>) =>
  z
    .string()
    .max(2000)
    .transform((text, context): Place => {
      const parsed = place.safeParse(jsonOf(Buffer.from(text, 'base64url').toString()))
      if (parsed.success) return parsed.data
      context.addIssue({ code: 'custom', message: 'is not one that an answer has named' })
      return z.NEVER
    })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A date is its first moment in the time zone; a time without an offset is one of the time zone. */
function instantOf(asked: string, timezone: string): number {
  // Of more digits than those of a nanosecond there is nothing to read.
  const text = asked.replace(/(\.\d{9})\d+/, '$1')
  if (/[Zz]$|[+-]\d\d:?\d\d$/.test(text) && text.includes('T')) return Temporal.Instant.from(text).epochMilliseconds
  if (!text.includes('T')) {
    return Temporal.PlainDate.from(text).toZonedDateTime(timezone).epochMilliseconds
  }
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds
}

export const isoTime = (ms: number) => new Date(ms).toISOString()
