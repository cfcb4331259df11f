import type { ProblemCode } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyKind } from '../store/store.ts'

/** In which chapter of the reference an operation stands, and their order. */
export const tags = {
  Events: 'Sending what happened.',
  Reads: 'What is counted, for products to show.',
  Reports: 'Answers to questions about what happened.',
  Entities: 'What things are, beyond what events say of them.',
  Activations: 'Campaigns of partners, and their links.',
  People: 'What is kept of a person, and its end.',
  Keys: 'Who may do what.',
  Upkeep: 'How the collector is, and what was refused.',
  Health: 'For machines that watch the collector.',
  Pages: 'What browsers load.',
} as const

/** What a route takes and answers: the schemas are those that its handler checks with. */
export interface Operation {
  /** Its name in generated clients. */
  id: string
  tag: keyof typeof tags
  summary: string
  description?: string
  /** The kinds of keys that may; left out: nobody needs one. */
  keys?: readonly KeyKind[]
  /** It may come without one, too. */
  isOpen?: boolean
  /** It looks at `X-User-Token`. */
  userToken?: true
  /** Parameters: those that the path names are parts of it, the others stand behind it. */
  params?: z.ZodType
  /** Parameters that are read apart from these. */
  query?: z.ZodType
  body?: z.ZodType
  /** It may come without one. */
  bodyIsOptional?: true
  /** By status. */
  answers: Readonly<Record<number, Answer>>
  /** Beside those that come with keys, bodies and the rest; `never`: whatever happens, it answers as usual. */
  problems?: readonly ProblemCode[] | 'never'
}

export interface Answer {
  description: string
  /** By media type; left out: it has no body. */
  content?: Readonly<Record<string, z.ZodType>>
  /** Names and what they say. */
  headers?: Readonly<Record<string, string>>
}

const operations = new WeakMap<Handler, Operation>()

/** Ties a handler to its operation: any route that it is put on is then in `/openapi.json`. */
export function described(operation: Operation, handler: Handler): Handler {
  operations.set(handler, operation)
  return handler
}

export const operationOf = (handler: Handler): Operation | undefined => operations.get(handler)

/** An answer in JSON. */
export const json = (description: string, schema: z.ZodType, more: Omit<Answer, 'description' | 'content'> = {}) =>
  ({ description, content: { 'application/json': schema }, ...more }) satisfies Answer

/** An answer of another media type. */
export const text = (description: string, mediaType: string) =>
  ({ description, content: { [mediaType]: z.string() } }) satisfies Answer

/** A list that is answered page by page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Asks for the next page; null: this is the last one'),
  })

/** What `nextCursor` named, where it is a row's number. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'is not one that an answer has named')
  .describe('The nextCursor of the page before')
