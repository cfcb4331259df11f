import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problems } from '@tallymark/schemas'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { testCollector } from '../packages/collector/src/testing/test-collector.ts'
import { decisions } from '../packages/sdk/src/decisions.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const packages = ['schemas', 'sdk', 'collector'].map((name) => `packages/${name}/README.md`)
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...packages,
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'))

describe.each(pages)('%s', (page) => {
  test('links to files that exist', () => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target)
    const broken = targets.filter((target) => !existsSync(resolve(root, dirname(page), target)))
    expect(broken).toEqual([])
  })

  test('has TypeScript snippets that compile', () => {
    expect(compileErrors(snippetsOf(page))).toEqual([])
  })
})

test('the path of one event names files that exist', () => {
  const page = read('docs/event-path.md')
  const missing: string[] = []
  let folder = ''
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) folder = /`(packages\/[^`]+)`/.exec(line)?.[1] ?? folder
    const file = /^\| \d+ \| `([^`]+)`/.exec(line)?.[1]
    if (file && !existsSync(join(root, folder, file))) missing.push(file)
  }
  expect(missing).toEqual([])
})

test('the path of one event has the steps of the pipeline in their order', () => {
  const code = read('packages/collector/src/ingest/pipeline.ts')
  const imports = [...code.matchAll(/^import \{ (.+) \} from '\.\/(.+)'$/gm)]
  const fileOf = new Map(imports.flatMap(([, names = '', file]) => names.split(', ').map((name) => [name, file])))
  const listed = /^const steps\b.*= \[([^\]]+)\]/m.exec(code)?.[1] ?? ''
  const steps = ['decode', ...(listed.match(/\w+/g) ?? []), 'toNewEvent']
  const files = [...read('docs/event-path.md').matchAll(/^\| \d+ \| `([^`]+)`/gm)].map(([, file]) => file)
  const afterPipeline = files.slice(files.indexOf('ingest/pipeline.ts') + 1)
  expect(afterPipeline.slice(0, steps.length)).toEqual(steps.map((name) => `ingest/${fileOf.get(name)}`))
})

test('the path of one event counts its steps', () => {
  const numbers = [...read('docs/event-path.md').matchAll(/^\| (\d+) \| `/gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})

test('the table of problems is the one in the code, with what the SDK does', () => {
  const rows = [...read('docs/wire-format.md').matchAll(/^\| `(\w+)` \| (\d{3}) \| (\w+) \|$/gm)]
  const documented = rows.map(([, code, status, action]) => [code, Number(status), action])
  const real = Object.entries(problems).map(([code, { status }]) => [
    code,
    status,
    decisions[code as keyof typeof decisions].replace('wait_for_token', 'wait'),
  ])
  expect(documented).toEqual(real)
})

test('the wire format and the reports name every route', async () => {
  const { app } = await testCollector()
  const text = read('docs/wire-format.md') + read('docs/reports.md')
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  expect(routes.length).toBeGreaterThan(50)
  expect(routes.filter((route) => !formOf(route).test(text))).toEqual([])
})

/** A route as it may stand in a page, with anything for its parameters. */
const formOf = (route: string) => {
  const form = route.replaceAll('.', '\\.').replace(/:\w+/g, '[^/?\\s`]+')
  return new RegExp(`${form}(?![\\w/.-])`)
}

/** The page's TypeScript blocks as files; a block's name stands behind its language: "ts plan.ts". */
function snippetsOf(page: string): Map<string, string> {
  const blocks = [...read(page).matchAll(/^```ts ?(\S*)\n([\s\S]*?)^```/gm)]
  return new Map(blocks.map(([, name, code = ''], n) => [join(root, 'test', name || `snippet-${n}.ts`), code]))
}

function compileErrors(snippets: Map<string, string>): string[] {
  if (snippets.size === 0) return []
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => snippets.has(file) || fileExists(file)
  host.readFile = (file) => snippets.get(file) ?? readFile(file)
  host.getSourceFile = (file, version, ...more) => {
    const code = snippets.get(file)
    return code === undefined ? getSourceFile(file, version, ...more) : ts.createSourceFile(file, code, version)
  }
  const program = ts.createProgram([...snippets.keys()], { ...options, noUnusedLocals: false }, host)
  return [...snippets.keys()].flatMap((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${file.replace(root, '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  )
}
