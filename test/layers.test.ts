import { describe, expect, it } from 'vitest'
import { findCycle, loadedFrom } from './import-graph.ts'
import { globalsOf, holdsSql, readsEnvironment } from './source-facts.ts'
import { type Import, parse, readSources, type Source } from './source-tree.ts'

interface Layer {
  name: string
  files: RegExp
  /** The layers of ours that it may import, besides itself. */
  imports: string[]
  /** Layers of which it may know the types only. */
  types?: string[]
  /** The outside packages that it may import; what Node brings counts as `node`. */
  outside: string[]
  /** Its files stand alone: none imports another, and each has at most one outside package. */
  apart?: boolean
}

/** Who may import what. A file belongs to the first layer whose pattern it matches. */
const LAYERS: Layer[] = [
  { name: 'limits', files: /^packages\/schemas\/src\/limits\.ts$/, imports: [], outside: [] },
  { name: 'metrics formulas', files: /^packages\/schemas\/src\/metrics\.ts$/, imports: [], outside: [] },
  { name: 'schemas', files: /^packages\/schemas\/src\//, imports: ['limits'], outside: ['zod'] },

  { name: 'sdk complaints', files: /^packages\/sdk\/src\/report\.ts$/, imports: [], outside: [] },
  {
    name: 'sdk plugins',
    files: /^packages\/sdk\/src\/plugins\//,
    imports: ['limits', 'sdk complaints'],
    types: ['schemas', 'sdk steps'],
    outside: [],
  },
  {
    name: 'sdk for development',
    files: /^packages\/sdk\/src\/validate\.ts$/,
    imports: ['schemas', 'sdk complaints'],
    types: ['sdk steps'],
    outside: [],
  },
  {
    name: 'sdk edges',
    files:
      /^packages\/sdk\/src\/(beacon|delete-queue|erase-user|event-database|ids-script|lease|lifecycle|lock|page|request|request-script|second-file|storage|tab-storage)\.ts$/,
    imports: ['limits', 'sdk steps'],
    types: ['schemas'],
    outside: ['idb-keyval', 'ky'],
    apart: true,
  },
  {
    name: 'sdk on an edge',
    files: /^packages\/sdk\/src\/(event-database-script|queue|transport)\.ts$/,
    imports: ['limits', 'sdk steps', 'sdk edges'],
    outside: [],
    apart: true,
  },
  {
    name: 'sdk roots',
    files:
      /^packages\/sdk\/src\/(core|default-tracker|delivery|delivery-script|edges|extras|index|methods|script|tracker)\.ts$/,
    imports: ['limits', 'sdk steps', 'sdk complaints', 'sdk edges', 'sdk on an edge'],
    types: ['schemas'],
    outside: ['uuid'],
  },
  {
    name: 'sdk steps',
    files: /^packages\/sdk\/src\//,
    imports: ['limits', 'metrics formulas', 'sdk complaints'],
    types: ['schemas', 'sdk edges', 'sdk on an edge'],
    outside: [],
  },

  { name: 'bounded map', files: /^packages\/collector\/src\/bounded-map\.ts$/, imports: [], outside: [] },
  { name: 'row text', files: /^packages\/collector\/src\/row-text\.ts$/, imports: [], outside: [] },
  {
    name: 'store port',
    files: /^packages\/collector\/src\/store\/[^/]+\.ts$/,
    imports: [],
    types: ['schemas', 'metrics formulas', 'row text'],
    outside: [],
  },
  {
    name: 'store/sqlite',
    files: /^packages\/collector\/src\/store\/sqlite\//,
    imports: ['store port', 'bounded map', 'metrics formulas', 'row text'],
    types: ['schemas'],
    outside: ['better-sqlite3', 'node'],
  },
  {
    name: 'ingest',
    files: /^packages\/collector\/src\/ingest\//,
    imports: ['limits', 'schemas', 'bounded map'],
    types: ['store port'],
    outside: ['bowser', 'ipaddr.js', 'isbot', 'jose', 'mmdb-lib', 'node', 'uuid', 'zod'],
  },
  {
    name: 'keys',
    files: /^packages\/collector\/src\/keys\//,
    imports: [],
    types: ['store port'],
    outside: ['node', 'uuid'],
  },
  {
    name: 'activations',
    files: /^packages\/collector\/src\/activations\//,
    imports: ['limits', 'schemas', 'keys'],
    types: ['store port'],
    outside: ['node', 'uuid', 'zod'],
  },
  {
    name: 'metrics',
    files: /^packages\/collector\/src\/metrics\//,
    imports: [],
    types: ['store port', 'ingest'],
    outside: ['prom-client'],
  },
  {
    name: 'reports',
    files: /^packages\/collector\/src\/reports\//,
    imports: ['limits', 'schemas', 'metrics formulas'],
    types: ['store port'],
    outside: ['simple-statistics', 'temporal-polyfill', 'zod'],
  },
  {
    name: 'http',
    files: /^packages\/collector\/src\/http\//,
    imports: [
      'limits',
      'schemas',
      'metrics formulas',
      'bounded map',
      'row text',
      'store port',
      'keys',
      'activations',
      'ingest',
      'metrics',
      'reports',
    ],
    outside: ['hono', 'node', 'zod'],
  },
  {
    name: 'collector roots',
    files: /^packages\/collector\/src\/([^/]+\.ts$|cli\/)/,
    imports: ['limits', 'schemas', 'store port', 'store/sqlite', 'keys', 'ingest', 'metrics', 'reports', 'http'],
    outside: ['hono', '@hono/node-server', 'jiti', 'jose', 'node', 'pino', 'uuid', 'zod'],
  },
]

/** A step of the SDK, which is every file not named above, computes from what it is given: clock, page and network come in. */
const NOT_IN_A_STEP = [
  'window',
  'document',
  'navigator',
  'location',
  'localStorage',
  'sessionStorage',
  'fetch',
  'Date.now',
]

const TESTS = /\.test(-d)?\.ts$|\/(contract|testing)\.ts$|\/testing\//

const sources = readSources(TESTS)
const inLayer = (name: string) => sources.filter(({ path }) => layerOf(path)?.name === name)

describe('the layers', () => {
  it.each(LAYERS.map((layer) => layer.name))('%s has files, so that its rules say something', (name) => {
    expect(inLayer(name)).not.toEqual([])
  })

  it('have a place for every file that ships', () => {
    expect(sources.map(({ path }) => path).filter((path) => !layerOf(path))).toEqual([])
  })

  it.each(LAYERS)('$name imports only what the table allows', (layer) => {
    expect(inLayer(layer.name).flatMap((source) => forbiddenImports(source, layer))).toEqual([])
  })

  it('import only files that exist', () => {
    const paths = new Set(sources.map(({ path }) => path))
    const missing = sources.flatMap(({ path, imports }) =>
      imports.filter(({ own, target }) => own && !paths.has(target)).map(({ target }) => `${path} imports ${target}`),
    )
    expect(missing).toEqual([])
  })

  it('have no cycle of imports', () => {
    expect(findCycle(sources)).toBeUndefined()
  })
})

describe('the SDK', () => {
  it('never loads zod, which costs more than the whole SDK', () => {
    const loaded = loadedFrom('packages/sdk/src/index.ts', sources)
    expect(loaded).toContain('packages/schemas/src/limits.ts')
    expect(loaded).not.toContain('zod')
  })

  it('has plugins that load nothing of it but its word on the console: a tracker is given to them', () => {
    const loaded = inLayer('sdk plugins').flatMap(({ path }) => loadedFrom(path, sources))
    const others = loaded.filter((path) => !path.startsWith('packages/sdk/src/plugins/'))
    expect([...new Set(others)].sort()).toEqual(['packages/schemas/src/limits.ts', 'packages/sdk/src/report.ts'])
  })

  it('has steps that touch neither the page, nor the clock, nor the network', () => {
    const touched = inLayer('sdk steps').flatMap(({ path, tree }) =>
      globalsOf(tree, NOT_IN_A_STEP).map((name) => `${path} uses ${name}`),
    )
    expect(touched).toEqual([])
  })
})

describe('the collector', () => {
  it('reads the environment in its configuration, and nowhere else', () => {
    const readers = sources.filter(readsEnvironment).map(({ path }) => path)
    expect(readers).toEqual(['packages/collector/src/config.ts'])
  })

  it('has its SQL under store/, and nowhere else', () => {
    const writers = sources.filter(holdsSql).map(({ path }) => path)
    expect(writers).not.toEqual([])
    expect(writers.filter((path) => !path.startsWith('packages/collector/src/store/'))).toEqual([])
  })
})

describe('the checks themselves', () => {
  it('tell a type from a value', () => {
    const { imports } = parse(
      'a/b.ts',
      "import type { A } from 'x'; export type * from './t.ts'; import { c } from '@y/z/w'",
    )
    expect(imports.map(({ target, typeOnly }) => [target, typeOnly])).toEqual([
      ['x', true],
      ['a/t.ts', true],
      ['@y/z', false],
    ])
  })

  it('find a cycle', () => {
    const cycle = findCycle([
      parse('a.ts', "import './b.ts'"),
      parse('b.ts', "import './c.ts'"),
      parse('c.ts', "import('./a.ts')"),
    ])
    expect(cycle).toBe('a.ts → b.ts → c.ts → a.ts')
  })

  it('tell a global from a name of the file’s own', () => {
    const used = (text: string) => globalsOf(parse('a.ts', text).tree, NOT_IN_A_STEP)
    expect(used('const now = Date.now(); fetch("/"); window.open()')).toEqual(['Date.now', 'fetch', 'window'])
    expect(used('export const f = ({ window }: { window: number }) => window + rule.window')).toEqual([])
  })

  it('tell SQL from prose', () => {
    expect(holdsSql(parse('a.ts', 'db.prepare(`SELECT id\n FROM events`)'))).toBe(true)
    expect(holdsSql(parse('a.ts', 'fail("Select an event from the list, or update the plan")'))).toBe(false)
  })
})

function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ files }) => files.test(path))
}

function forbiddenImports({ path, imports }: Source, layer: Layer): string[] {
  const forbidden = imports.filter((each) => !mayImport(layer, each)).map(({ target }) => `${path} imports ${target}`)
  const outside = new Set(imports.filter(({ own, typeOnly }) => !own && !typeOnly).map(({ target }) => target))
  if (layer.apart && outside.size > 1)
    forbidden.push(`${path} imports more than one package: ${[...outside].join(', ')}`)
  return forbidden
}

function mayImport(layer: Layer, { own, target, typeOnly }: Import): boolean {
  if (!own) return layer.outside.includes(target.startsWith('node:') ? 'node' : target)
  const other = layerOf(target)
  if (!other) return false
  if (other === layer) return !layer.apart || typeOnly
  return layer.imports.includes(other.name) || (typeOnly && layer.types?.includes(other.name) === true)
}
