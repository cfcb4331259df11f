import { problems } from '@tallymark/schemas'
import { html } from 'hono/html'
import { type OpenApiDocument, type OpenApiOperation, type OpenApiResponse, problemCodesOf } from '../openapi.ts'
import type { Html } from '../page.ts'
import { fieldTable, schemaTable } from './schema-in-words.ts'

/** All that is in an OpenAPI document, for people. */
export function reference(document: OpenApiDocument): Html {
  return html`<h1>HTTP API</h1>
<p>${document.info.description} This page is made of <a href="openapi.json">openapi.json</a>, and that of what the
collector checks with.</p>
<h2 id="authentication">Authentication</h2>
<table>${Object.entries(document.components.securitySchemes).map(
    ([name, { type, description }]) =>
      html`<tr><td>${keyNames[name] ?? name}</td><td>${type === 'http' ? html`<code>Authorization: Bearer …</code>` : html`<code>?key=…</code>`}</td><td>${description}</td></tr>`,
  )}</table>
${document.tags.map((tag) => chapter(tag, document))}
<h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => html`<h3 id="schema-${name}">${name}</h3>${schemaTable(schema)}`)}
<h2 id="problems">Problems</h2>
<p>What is refused is answered with a <a href="#schema-Problem">Problem</a>, as <code>application/problem+json</code>.</p>
<table>${Object.entries(problems).map(
    ([code, { status, title }]) =>
      html`<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
  )}</table>`
}

const keyNames: Record<string, string> = {
  writeKey: 'write key',
  writeKeyInUrl: 'write key',
  secretKey: 'secret key',
  adminKey: 'admin key',
}

export const chapterId = (name: string) => name.toLowerCase()

function chapter({ name, description }: OpenApiDocument['tags'][number], { paths }: OpenApiDocument): Html {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  const those = operations.filter(({ operation }) => operation.tags.includes(name))
  return html`<h2 id="${chapterId(name)}">${name}</h2>
<p>${description}</p>
${those.map(({ method, path, operation }) => section(method, path, operation))}`
}

function section(method: string, path: string, operation: OpenApiOperation): Html {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation
  return html`<h3 id="${operationId}"><span class="method">${method.toUpperCase()}</span> <code class="path">${path}</code></h3>
<p>${summary}. ${inCode(description ?? '')} <span class="quiet">${keysOf(security)}</span></p>
${parameters.length === 0 ? '' : html`<h4>Parameters</h4>${fieldTable(parameters)}`}
${requestBody ? html`<h4>Body${requestBody.required ? '' : ', optional'}</h4>${contentOf(requestBody)}` : ''}
${Object.entries(responses)
  .filter(([status]) => Number(status) < 400)
  .map(([status, response]) => answer(status, response))}
${refusals(problemCodesOf(operation))}`
}

function keysOf(security: OpenApiOperation['security']): string {
  const names = new Set(security.flatMap((scheme) => Object.keys(scheme)).map((scheme) => keyNames[scheme]))
  return names.size === 0 ? 'Takes no key.' : `Takes a ${[...names].join(' or ')}.`
}

function answer(status: string, response: OpenApiResponse): Html {
  const headers = Object.entries(response.headers ?? {}).flatMap(([name, header]) =>
    '$ref' in header ? [] : [{ name, schema: header.schema, required: true, description: header.description }],
  )
  return html`<h4>Answer ${status}</h4>
<p>${response.description}</p>
${contentOf(response)}
${headers.length === 0 ? '' : html`<p class="quiet">With the headers</p>${fieldTable(headers)}`}`
}

function contentOf({ content = {} }: Pick<OpenApiResponse, 'content'>): Html {
  return html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`${type === 'application/json' ? '' : html`<p><code>${type}</code></p>`}${schema.type === 'string' ? '' : schemaTable(schema)}`,
  )}`
}

function refusals(codes: readonly string[]): Html {
  if (codes.length === 0) return html``
  return html`<h4>Problems</h4>
<p>${codes.map((code) => html`<a href="#problem-${code}"><code>${code}</code></a> `)}</p>`
}

/** What stands between backquotes is code. */
const inCode = (text: string) =>
  html`${text.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : part))}`
