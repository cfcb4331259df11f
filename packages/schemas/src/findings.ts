import type { FieldErrorCode } from './problem.ts'

/** What a schema says of one value: Zod's issues, and as much of them as other Standard Schemas have. */
export interface Issue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
  readonly code?: string
  readonly expected?: unknown
  readonly origin?: string
  readonly format?: string
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly inclusive?: boolean
  readonly values?: readonly unknown[]
  readonly keys?: readonly string[]
  /** Of a union: what each alternative had against the value. */
  readonly errors?: readonly (readonly Issue[])[]
  /** Of a key that is not a valid name: why. */
  readonly issues?: readonly Issue[]
}

export type Path = readonly PropertyKey[]

/** One thing that is wrong in one place. `says` goes on after the place's name: `must be a string`. */
export interface Finding {
  path: Path
  code: FieldErrorCode
  says: string
  /** The words are those of the schema's author. */
  authored: boolean
  /** Zod says that there was no value. It keeps no input in its issues: only its message tells. */
  absent: boolean
}

const maxShownLength = 60
const maxListed = 12

/** A value or a name as it may stand in a sentence: short, and on one line. */
export function shown(text: string): string {
  const cut = text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text
  return cut.replace(/\p{C}/gu, '\ufffd')
}

/** Puts a schema's issues into plain words: one finding for each place, however many faults it has. */
export function findings(issues: readonly Issue[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const issue of issues.flatMap(settle)) {
    const path = pathOf(issue)
    for (const finding of issue.code === 'unrecognized_keys' ? unknownKeys(issue, path) : [inWords(issue, path)]) {
      const place = JSON.stringify(finding.path.map(String))
      if (!found.has(place)) found.set(place, finding)
    }
  }
  return [...found.values()]
}

function pathOf(issue: Issue): Path {
  return (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment))
}

/** Replaces the issues that only hold others. */
function settle(issue: Issue): readonly Issue[] {
  if (issue.code === 'invalid_union') return settleUnion(issue)
  const inner = issue.code === 'invalid_key' && issue.issues?.[0]
  return inner ? [{ ...inner, path: pathOf(issue) }] : [issue]
}

/**
 * What is wrong by the alternative that was meant: the one whose kind fits. When none does, one issue that names
 * them all.
 */
function settleUnion(union: Issue): readonly Issue[] {
  const at = pathOf(union)
  const branches = union.errors ?? []
  const meant = branches.find((branch) => branch.length > 0 && !branch.some(isOfWrongKind))
  if (meant) return meant.flatMap((issue) => settle({ ...issue, path: [...at, ...pathOf(issue)] }))
  const firsts = branches.flatMap((branch) => branch[0] ?? [])
  const authored = [union, ...firsts].find((issue) => isAuthored(issue.message))
  const forms = [...new Set(firsts.map((issue) => expectation(issue).replace(/^must be /, '')))].join(' or ')
  const code = firsts.every((issue) => issue.code === 'invalid_type') ? 'invalid_type' : 'invalid_value'
  return [{ code, path: at, message: authored?.message ?? `must be ${forms || 'one of the forms that are allowed'}` }]
}

const isOfWrongKind = (issue: Issue) =>
  pathOf(issue).length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

function unknownKeys(issue: Issue, path: Path): Finding[] {
  return (issue.keys ?? []).map((key) => ({
    path: [...path, key],
    code: 'unrecognized_keys',
    says: 'is not a known key',
    authored: false,
    absent: false,
  }))
}

function inWords(issue: Issue, path: Path): Finding {
  const authored = isAuthored(issue.message)
  return {
    path,
    code: codes[issue.code ?? ''] ?? 'invalid_value',
    says: authored ? issue.message : expectation(issue),
    authored,
    absent: issue.code === 'invalid_type' && issue.message.endsWith('received undefined'),
  }
}

/** Zod's own messages begin so; they name the fault, but not the way out. */
const isAuthored = (message: string) => !/^(Invalid|Too (big|small)|Unrecognized)\b/.test(message)

const codes: Record<string, FieldErrorCode> = {
  invalid_type: 'invalid_type',
  too_big: 'too_big',
  too_small: 'too_small',
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[String(issue.expected)] ?? `of type ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${oneOf(issue.values ?? [])}`
    case 'too_big':
      return `must ${upTo(issue)}`
    case 'too_small':
      return `must ${from(issue)}`
    case 'invalid_format':
      return formats[issue.format ?? ''] ?? 'must have another form'
    default:
      return 'is not valid'
  }
}

const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  never: 'left out',
}

const formats: Record<string, string> = {
  guid: 'must be a UUID',
  uuid: 'must be a UUID',
  url: 'must be a URL',
  email: 'must be an e-mail address',
  datetime: 'must be an ISO 8601 date and time',
  date: 'must be an ISO 8601 date',
}

function oneOf(values: readonly unknown[]): string {
  const names = values.slice(0, maxListed).map((value) => shown(JSON.stringify(value) ?? String(value)))
  return names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}${values.length > maxListed ? ', …' : ''}`
}

function upTo({ origin, maximum, inclusive = true }: Issue): string {
  if (origin === 'string') return `be at most ${maximum} characters long`
  if (origin === 'array') return `have at most ${maximum} items`
  return inclusive ? `be at most ${maximum}` : `be less than ${maximum}`
}

function from({ origin, minimum, inclusive = true }: Issue): string {
  if ((origin === 'string' || origin === 'array') && minimum === 1) return 'not be empty'
  if (origin === 'string') return `be at least ${minimum} characters long`
  if (origin === 'array') return `have at least ${minimum} items`
  return inclusive ? `be at least ${minimum}` : `be more than ${minimum}`
}
