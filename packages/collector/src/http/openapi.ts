import { createRequire } from 'node:module'
import { type ProblemCode, problemSchema, problems } from '@tallymark/schemas'
import type { Handler, Hono } from 'hono'
import { z } from 'zod'
import { type Answer, described, json, type Operation, operationOf, tags } from './operation.ts'

type Routes = Hono['routes']
type JsonSchema = z.core.JSONSchema.BaseSchema

/** The parts of OpenAPI 3.1 that are used here. */
export interface OpenApiDocument {
  openapi: '3.1.1'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: {
    schemas: Record<string, JsonSchema>
    headers: Record<string, Header>
    securitySchemes: Record<string, { type: string; description: string }>
  }
}

export interface OpenApiOperation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: Record<string, string[]>[]
  parameters: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, OpenApiResponse>
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

export interface OpenApiResponse {
  description: string
  headers?: Record<string, Header | { $ref: string }>
  content?: Content
}

interface Header {
  description: string
  schema: JsonSchema
}

type Content = Record<string, { schema: JsonSchema }>

const openApi = {
  id: 'getOpenApi',
  tag: 'Pages',
  summary: 'This document',
  answers: { 200: json('OpenAPI 3.1', z.looseObject({ openapi: z.string() })) },
} satisfies Operation

/** `GET /openapi.json`: what every route takes and answers. */
export function openApiHandler(readDocument: () => OpenApiDocument): Handler {
  return described(openApi, (c) =>
    c.body(JSON.stringify(readDocument()), 200, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-cache',
      // Nothing in it is secret, and tools read it from their own pages.
      'Access-Control-Allow-Origin': '*',
      'X-Content-Type-Options': 'nosniff',
    }),
  )
}

const { version } = createRequire(import.meta.url)('@tallymark/collector/package.json') as { version: string }

/** Reads an app's document. It is put together when it is first read: all the routes are there by then. */
export function documentOf(app: Hono): () => OpenApiDocument {
  let document: OpenApiDocument | undefined
  return () => {
    document ??= putTogether(app.routes)
    return document
  }
}

/** What is said of the routes. Those of which nothing is said are not in it. */
function putTogether(routes: Routes): OpenApiDocument {
  const schemas = new Schemas()
  const paths: OpenApiDocument['paths'] = {}
  for (const { method, path, handler } of routes) {
    const operation = operationOf(handler)
    if (!operation) continue
    const template = path.replace(/:(\w+)/g, '{$1}')
    paths[template] = { ...paths[template], [method.toLowerCase()]: toOpenApi(operation, template, schemas) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tallymark collector',
      version,
      description: 'Takes in what happens in a product, and answers with what is counted of it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: schemas.named, headers: problemHeaders, securitySchemes },
  }
}

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description })

/** A key may also be the user name of Basic authentication; to say so here would only double every line. */
const securitySchemes = {
  writeKey: bearer('Public, in browsers: tm_pub_…'),
  writeKeyInUrl: { type: 'apiKey', in: 'query', name: 'key', description: 'A write key, and no other' },
  secretKey: bearer('For servers: tm_sec_…'),
  adminKey: bearer('For you: tm_adm_…'),
}

const schemesOf = {
  write: ['writeKey', 'writeKeyInUrl'],
  secret: ['secretKey'],
  admin: ['adminKey'],
} as const

const userTokenHeader: Parameter = {
  name: 'X-User-Token',
  in: 'header',
  required: false,
  description: 'Who acts: a JWT, HS256, with sub and exp',
  schema: { type: 'string' },
}

function toOpenApi(operation: Operation, path: string, schemas: Schemas): OpenApiOperation {
  const { id, tag, summary, description, keys = [], userToken, params, query } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description: description.replaceAll('\n', ' ') }),
    security: [
      ...keys.flatMap((kind) => schemesOf[kind]).map((scheme) => ({ [scheme]: [] })),
      ...(operation.isOpen ? [{}] : []),
    ],
    parameters: [
      ...(params ? parameters(params, path, schemas) : []),
      ...(query ? parameters(query, path, schemas) : []),
      ...(userToken ? [userTokenHeader] : []),
    ],
    ...(operation.body && { requestBody: toRequestBody(operation.body, operation.bodyIsOptional, schemas) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [status, toResponse(answer, schemas)]),
      ),
      ...problemResponses(problemsOf(operation, path), schemas),
    },
  }
}

const toRequestBody = (body: z.ZodType, isOptional = false, schemas: Schemas) => ({
  required: !isOptional,
  content: { 'application/json': { schema: schemas.of(body) } },
})

function parameters(object: z.ZodType, path: string, schemas: Schemas): Parameter[] {
  const { oneOf, anyOf, ...whole } = schemas.of(object)
  const variants = ((oneOf ?? anyOf ?? [whole]) as JsonSchema[]).map(({ properties = {}, ...rest }) => ({
    required: rest.required ?? [],
    properties: properties as Record<string, JsonSchema>,
  }))
  const names = new Set(variants.flatMap(({ properties }) => Object.keys(properties)))
  return [...names].map((name) => {
    const { description, ...schema } = either(
      variants.flatMap(({ properties }): JsonSchema[] => (properties[name] ? [properties[name]] : [])),
    )
    const required = variants.every((variant) => variant.required.includes(name))
    const place = path.includes(`{${name}}`) ? 'path' : 'query'
    return { name, in: place, required, ...(description && { description }), schema }
  })
}

/** What a parameter may be where there are several forms of all of them together. */
function either(schemas: readonly JsonSchema[]): JsonSchema {
  const [only = {}, ...others] = new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()
  return others.length === 0 ? only : { anyOf: [only, ...others] }
}

function toResponse({ description, content, headers }: Answer, schemas: Schemas): OpenApiResponse {
  return {
    description,
    ...(headers && { headers: mapValues(headers, (says) => ({ description: says, schema: { type: 'string' } })) }),
    ...(content && { content: mapValues(content, (schema) => ({ schema: schemas.of(schema) })) }),
  }
}

/** What can go wrong with any request that needs a key, has a body, names a user, or comes under `/v1`. */
const commonProblems = {
  keys: ['missing_key', 'invalid_key', 'revoked_key', 'key_in_url', 'forbidden', 'origin_not_allowed'],
  body: ['invalid_json', 'invalid_request', 'unrecognized_keys', 'body_too_large', 'unsupported_media_type'],
  userToken: ['invalid_user_token', 'user_token_unsupported'],
  v1: ['invalid_request', 'rate_limited', 'internal', 'overloaded', 'shutting_down', 'storage_unavailable'],
} as const satisfies Record<string, readonly ProblemCode[]>

function problemsOf(operation: Operation, path: string): ProblemCode[] {
  const { keys, body, userToken, problems: own = [] } = operation
  if (own === 'never') return []
  return [
    ...(body ? commonProblems.body : []),
    ...(keys ? commonProblems.keys : []),
    ...(userToken ? commonProblems.userToken : []),
    ...own,
    ...(path.startsWith('/v1/') ? commonProblems.v1 : []),
  ]
}

/** By status; and under `default` what befalls requests before any route sees them. */
function problemResponses(codes: readonly ProblemCode[], schemas: Schemas): Record<string, OpenApiResponse> {
  const problemOf = schemas.of(problemSchema)
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  const responses = [...byStatus].map(([status, those]): [string, OpenApiResponse] => {
    const schema = { allOf: [problemOf, { properties: { code: { enum: those } } }] }
    return [
      String(status),
      {
        description: those.map((code) => `${code}: ${problems[code].title}`).join('. '),
        headers: Object.fromEntries(
          problemHeadersOf(status).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
        ),
        content: { 'application/problem+json': { schema } },
      },
    ]
  })
  const other = { description: 'Any other problem', content: { 'application/problem+json': { schema: problemOf } } }
  return { ...Object.fromEntries(responses), default: other }
}

/** The codes of the problems that an operation may answer with. */
export function problemCodesOf({ responses }: OpenApiOperation): string[] {
  const schemas = Object.values(responses).map(({ content }) => content?.['application/problem+json']?.schema)
  return schemas.flatMap((schema) => (schema?.allOf as JsonSchema[] | undefined) ?? []).flatMap(codesOf)
}

function codesOf({ properties }: JsonSchema): string[] {
  const code = properties?.code as JsonSchema | undefined
  return (code?.enum ?? []).map(String)
}

const problemHeaders: Record<string, Header> = {
  'X-Request-Id': { description: 'Under which the collector’s log has it', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait before it is sent again', schema: { type: 'integer' } },
}

const problemHeadersOf = (status: number) =>
  status === 429 || status === 503 ? ['X-Request-Id', 'Retry-After'] : ['X-Request-Id']

/** Zod's schemas in JSON Schema. Those that have an id are kept apart, and referred to. */
class Schemas {
  readonly named: Record<string, JsonSchema> = {}

  of(schema: z.ZodType): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = refer(
      z.toJSONSchema(schema, {
        // A default may be left out, and what is answered is the same on both sides.
        io: 'input',
        // What a predicate checks says itself what it is, in its metadata.
        unrepresentable: 'any',
        override: ({ jsonSchema }) => {
          // Zod spells the standard formats out again, a line of pattern each.
          if (jsonSchema.format !== undefined) delete jsonSchema.pattern
          // Every object's names are text.
          delete jsonSchema.propertyNames
        },
      }),
    )
    Object.assign(this.named, $defs)
    return own
  }
}

const refer = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
