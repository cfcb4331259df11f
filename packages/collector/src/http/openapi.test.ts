import { Validator } from '@seriousme/openapi-schema-validator'
import { problems } from '@tallymark/schemas'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { readGolden } from '../../../schemas/golden/read.ts'
import { testCollector } from '../testing/test-collector.ts'
import { type OpenApiDocument, problemCodesOf } from './openapi.ts'

async function document() {
  const { get, app } = await testCollector()
  const { body, headers } = await get('/openapi.json', null)
  return { app, headers, document: body as OpenApiDocument }
}

const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  )

describe('/openapi.json', () => {
  test('is a valid document of OpenAPI 3.1', async () => {
    const { document: doc } = await document()
    const validator = new Validator()
    expect(await validator.validate(structuredClone(doc) as object as Record<string, unknown>)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('has every route, and no other', async () => {
    const { document: doc, app } = await document()
    const routes = app.routes.filter(({ method }) => method !== 'ALL')
    const names = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(
      operationsOf(doc)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...new Set(names)].sort())
  })

  test('gives every operation a name of its own, and every part of its path a parameter', async () => {
    const { document: doc } = await document()
    const operations = operationsOf(doc)
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
    for (const { name, path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(
        inPath.map((parameter) => `{${parameter.name}}`),
        name,
      ).toEqual(path.match(/\{\w+\}/g) ?? [])
    }
  })

  test('has every problem: by its code, and at the operations that answer with it', async () => {
    const { document: doc } = await document()
    const codes = Object.keys(problems)
    expect(doc.components.schemas.Problem?.properties?.code).toMatchObject({ enum: codes })
    const answered = new Set(operationsOf(doc).flatMap(({ operation }) => problemCodesOf(operation)))
    // These befall requests that no operation sees.
    expect(codes.filter((code) => !answered.has(code))).toEqual([
      'method_not_allowed',
      'request_timeout',
      'headers_too_large',
    ])
  })

  test('leaves nothing open that a schema settles: what can be anything says why', async () => {
    const { document: doc } = await document()
    const anything: unknown[] = []
    JSON.stringify(doc, (name, value) => {
      if (['schema', 'items'].includes(name) && Object.keys(value).length === 0) anything.push(value)
      return value
    })
    expect(anything).toEqual([])
    expect(doc.components.schemas.Event?.properties?.props).toMatchObject({ type: 'object' })
  })

  test('takes the golden payloads as the collector does', async () => {
    const { document: doc } = await document()
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    ajv.addSchema(doc, 'openapi')
    const faultsOf = (path: string, body: unknown) => {
      const pointer = `openapi#/paths/${path.replaceAll('/', '~1')}/post/requestBody/content/application~1json/schema`
      const validate = ajv.getSchema(pointer)
      validate?.(body)
      return validate?.errors ?? []
    }
    const now = Date.now()
    for (const { name, path, body, expect: expected } of readGolden('valid', now)) {
      const isBatch = 'failed' in expected.body && expected.body.failed !== 0
      if (!isBatch) expect.soft(faultsOf(path, body), name).toEqual([])
    }
    const misshapen = readGolden('invalid', now).filter(({ expect: { code } }) => code === 'unrecognized_keys')
    expect(misshapen).not.toEqual([])
    for (const { name, path, body } of misshapen) expect.soft(faultsOf(path, body), name).not.toEqual([])
  })

  test('may be read from any page, and is not guessed about', async () => {
    const { headers } = await document()
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
  })
})
