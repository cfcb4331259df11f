import type { z } from 'zod'
import type { Rejection } from './ack.ts'
import { attributionSchema, contextSchema, eventSchema } from './event.ts'
import { type Finding, findings, type Path, shown } from './findings.ts'
import { nearest } from './nearest.ts'
import type { FieldError, FieldErrorCode, ProblemCode } from './problem.ts'

/** A reply stays small, whatever was sent. */
const maxErrors = 20
const maxMessageLength = 200
const maxPointerKeyLength = 200

/**
 * Says what Zod found wrong with an event or a request, with a pointer to each place.
 *
 * @param prefix where the checked value stands in the request's body: `/events/3`
 * @param code for anything but unknown keys: an event is `invalid_event`, a whole request `invalid_request`
 */
export function rejectionFromZod(
  error: z.ZodError,
  prefix = '',
  code: 'invalid_event' | 'invalid_request' = 'invalid_event',
): Rejection {
  const errors = findings(error.issues).map((finding, index) => {
    const told = index < maxErrors ? withHint(finding, code) : finding
    return fieldError(told, prefix, finding.absent ? 'missing_field' : undefined)
  })
  return rejection(code, errors)
}

/** Puts field errors together: unknown keys and missing props have codes of their own. */
export function rejection(code: ProblemCode, errors: FieldError[]): Rejection {
  const detail = errors[0]?.detail ?? 'nothing more is known'
  const more = errors.length - 1
  return {
    code: settleCode(code, errors),
    detail: more > 0 ? `${detail}; and ${more} more` : detail,
    errors: errors.slice(0, maxErrors),
  }
}

function settleCode(code: ProblemCode, errors: readonly FieldError[]): ProblemCode {
  if (errors.some((error) => error.code === 'unrecognized_keys')) return 'unrecognized_keys'
  return errors.length > 0 && errors.every((error) => error.code === 'missing_prop') ? 'missing_prop' : code
}

/** @param missing the code when the value is wrong by not being there at all */
export function fieldError(finding: Finding, prefix: string, missing?: FieldErrorCode): FieldError {
  const { path, authored } = finding
  const says = missing && !authored ? 'is missing' : finding.says
  const what = says.length > maxMessageLength ? `${says.slice(0, maxMessageLength)}…` : says
  const where = shown(path.map(String).join('.')) || (prefix ? 'the item' : 'the body')
  return {
    pointer: prefix + pointerTo(path),
    code: missing ?? finding.code,
    detail: /^(must|is) /.test(what) ? `${where} ${what}` : `${where}: ${what}`,
  }
}

/** RFC 6901. It ends above a key so long that repeating it could make the reply larger than the request. */
function pointerTo(path: Path): string {
  const tooLong = path.findIndex((key) => String(key).length > maxPointerKeyLength)
  const keys = tooLong === -1 ? path : path.slice(0, tooLong)
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** `, did you mean 'view'?` when a known name is close, otherwise nothing. */
export function suggestion(name: string, names: Iterable<string>): string {
  const meant = nearest(name, names)
  return meant === undefined ? '' : `, did you mean '${meant}'?`
}

const knownKeys: Record<string, readonly string[]> = {
  '': Object.keys(eventSchema.shape),
  attribution: Object.keys(attributionSchema.shape),
  context: Object.keys(contextSchema.shape),
}

/** Tells what to do about an unknown key of an event. */
function withHint(finding: Finding, code: ProblemCode): Finding {
  if (finding.code !== 'unrecognized_keys' || code !== 'invalid_event') return finding
  const inside = finding.path.slice(0, -1).map(String).join('.')
  const meant = suggestion(String(finding.path.at(-1)), knownKeys[inside] ?? [])
  const hint = meant || (inside === '' ? '; free data goes into props' : '')
  return { ...finding, says: finding.says + hint }
}
