import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Hono } from 'hono'
import { expect } from 'vitest'
import { documentOf, type OpenApiDocument, type OpenApiResponse } from '../http/openapi.ts'

interface Answer {
  status: number
  mediaType: string
  text: string
}

/** All collectors have the same routes: their document is made once. */
let described: DescribedAnswers | undefined

/** Fails unless the answer is one that the document describes for this request. */
export function expectDescribed(app: Hono, method: string, path: string, answer: Answer): void {
  described ??= new DescribedAnswers(documentOf(app)())
  described.expect(method, path, answer)
}

class DescribedAnswers {
  readonly #document: OpenApiDocument
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #templates: { template: string; pattern: RegExp }[]

  constructor(document: OpenApiDocument) {
    this.#document = document
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(JSON.parse(JSON.stringify(document), closed), 'openapi')
    this.#templates = Object.keys(document.paths).map((template) => ({
      template,
      pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
    }))
  }

  expect(method: string, path: string, { status, mediaType, text }: Answer): void {
    const { pathname } = new URL(path, 'http://localhost')
    const found = this.#templates.find(({ pattern }) => pattern.test(pathname))
    const responses = found && this.#document.paths[found.template]?.[method.toLowerCase()]?.responses
    const what = `${method} ${found?.template ?? pathname}, answered ${status} ${text.slice(0, 300)}`
    // Where no operation is, the answer can only be a problem.
    if (!found || !responses) {
      this.#check(['components', 'schemas', 'Problem'], JSON.parse(text), what)
      return
    }
    const { key, response } = responseOf(responses, status)
    expect.soft(response, what).toBeDefined()
    if (!response?.content) {
      expect.soft(text, what).toBe('')
      return
    }
    expect.soft(Object.keys(response.content), what).toContain(mediaType)
    const at = ['paths', found.template, method.toLowerCase(), 'responses', key, 'content', mediaType, 'schema']
    for (const value of read(mediaType, text)) this.#check(at, value, what)
  }

  #check(at: readonly string[], value: unknown, what: string): void {
    const validate = this.#ajv.getSchema(`openapi#/${at.map(toPointer).join('/')}`) as ValidateFunction
    validate(value)
    expect.soft(validate.errors ?? [], what).toEqual([])
  }
}

/** What any request can be refused with before an operation is found for it; everything else is described at its own. */
const refusedAnywhere = [405, 408, 431]

function responseOf(responses: Record<string, OpenApiResponse>, status: number) {
  const key = refusedAnywhere.includes(status) ? 'default' : String(status)
  return { key, response: responses[key] }
}

function read(mediaType: string, text: string): unknown[] {
  if (mediaType === 'application/x-ndjson')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return [/[/+]json$/.test(mediaType) ? JSON.parse(text) : text]
}

const toPointer = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

/** What is not described must not be answered either, though clients are to expect it of a later version. */
function closed(_name: string, value: unknown): unknown {
  const isOpen = typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
  return isOpen && !('additionalProperties' in value) ? { ...value, additionalProperties: false } : value
}
