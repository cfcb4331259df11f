import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Tests start hundreds of threads from the sources. Node keeps what it has made of a file's types for the next one: it
// takes a third of the time, and V8 is spared compiling the same WebAssembly in many threads at once, which can crash it
// ("Check failed: jit_page.has_value()", where memory is protected by keys).
process.env.NODE_COMPILE_CACHE ??= source('node_modules/.cache/node-compile')
const execArgv = ['--no-memory-protection-keys']

const alias = [
  { find: '@tallymark/schemas/limits', replacement: source('packages/schemas/src/limits.ts') },
  { find: '@tallymark/schemas/metrics', replacement: source('packages/schemas/src/metrics.ts') },
  { find: /^@tallymark\/schemas$/, replacement: source('packages/schemas/src/index.ts') },
  { find: /^@tallymark\/sdk$/, replacement: source('packages/sdk/src/index.ts') },
  { find: /^@tallymark\/collector$/, replacement: source('packages/collector/src/index.ts') },
]

/** The correctness suite. Tests of the whole path start processes and browsers, so they may take their time. */
export const projects: TestProjectInlineConfiguration[] = [
  {
    resolve: { alias },
    test: {
      name: 'node',
      execArgv,
      environment: 'node',
      include: ['packages/{schemas,collector}/src/**/*.test.ts', 'examples/**/*.test.ts', 'test/*.test.ts'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  },
  {
    resolve: { alias },
    test: {
      name: 'sdk',
      execArgv,
      environment: 'happy-dom',
      setupFiles: ['fake-indexeddb/auto'],
      include: ['packages/sdk/src/**/*.test.ts'],
      testTimeout: 30_000,
    },
  },
]

export default defineConfig({ test: { projects } })
