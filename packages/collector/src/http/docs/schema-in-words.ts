import { html } from 'hono/html'
import type { z } from 'zod'
import type { Html } from '../page.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** A field of an object, a parameter or a header. */
interface Field {
  name: string
  schema: JsonSchema
  required: boolean
  description?: string | undefined
}

/** A schema as a table of its fields, or in a line where it is no object. */
export function schemaTable(schema: JsonSchema): Html {
  const variants = variantsOf(schema)
  if (variants.length > 0) return joined(variants.map(schemaTable), html`<p class="quiet">or</p>`)
  const fields = fieldsOf(schema, '')
  return fields.length > 0 ? fieldTable(fields) : html`<p>${inWords(schema)}</p>`
}

/** One field a row. */
export function fieldTable(fields: readonly Field[]): Html {
  return html`<table class="fields">${fields.map(
    ({ name, schema, required, description = schema.description }) => html`<tr>
<td><code>${name}</code>${required ? '' : html`<br><span class="quiet">optional</span>`}</td>
<td>${inWords(schema)}${description === undefined ? '' : html`<br>${description}`}</td>
</tr>`,
  )}</table>`
}

/** Those of an object and of the objects inside it: `events.stored`, `items[].code`. */
function fieldsOf(schema: JsonSchema, path: string): Field[] {
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, property]) => {
    const inside = asSchema(property)
    const field = { name: path + name, schema: inside, required: required.includes(name) }
    const deeper = [inside, ...variantsOf(inside)].flatMap((one) => [
      ...fieldsOf(one, `${path}${name}.`),
      ...fieldsOf(itemOf(one), `${path}${name}[].`),
    ])
    return [field, ...deeper]
  })
}

/** What a value may be. */
function inWords(schema: JsonSchema): Html {
  const { $ref, type, enum: values } = schema
  const variants = variantsOf(schema)
  if ($ref !== undefined) return reference($ref.slice($ref.lastIndexOf('/') + 1))
  if (variants.length > 0) return joined(variants.map(inWords), ' or ')
  if (Array.isArray(type))
    return joined(
      type.map((one) => inWords({ ...schema, type: one })),
      ' or ',
    )
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (values)
    return joined(
      values.map((value) => code(String(value))),
      ' ',
    )
  return html`${kindOf(schema)}${schema.default === undefined ? '' : html`; default ${code(JSON.stringify(schema.default))}`}`
}

function kindOf(schema: JsonSchema): Html {
  switch (schema.type) {
    case 'array':
      return html`list${range(schema.minItems, schema.maxItems)} of: ${inWords(itemOf(schema))}`
    case 'object': {
      const values = asSchema(schema.additionalProperties ?? {})
      return Object.keys(values).length > 0 ? html`object, by name: ${inWords(values)}` : html`object`
    }
    case 'string': {
      const pattern = schema.format === undefined && schema.pattern !== undefined && html`, ${code(schema.pattern)}`
      return html`${schema.format ?? 'string'}${range(schema.minLength, schema.maxLength)}${pattern || ''}`
    }
    default:
      return html`${schema.type ?? 'anything'}${range(schema.minimum, schema.maximum)}`
  }
}

/** JSON's own bounds of integers go without saying. */
function range(from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER): string {
  const [hasLeast, hasMost] = [from !== Number.MIN_SAFE_INTEGER, to !== Number.MAX_SAFE_INTEGER]
  if (hasLeast && hasMost) return ` (${from} to ${to})`
  if (hasLeast) return ` (${from} or more)`
  return hasMost ? ` (${to} or less)` : ''
}

const reference = (name: string) => html`<a href="#schema-${name}">${name}</a>`

const code = (text: string) => html`<code>${text}</code>`

const joined = (parts: readonly Html[], between: string | Html) =>
  html`${parts.map((part, n) => html`${n > 0 ? between : ''}${part}`)}`

const variantsOf = ({ oneOf, anyOf }: JsonSchema) => (oneOf ?? anyOf ?? []).map(asSchema)

const itemOf = ({ items = {} }: JsonSchema) => (Array.isArray(items) ? {} : asSchema(items))

/** JSON Schema also knows true and false, which nothing here is. */
const asSchema = (schema: JsonSchema | boolean): JsonSchema => (typeof schema === 'boolean' ? {} : schema)
