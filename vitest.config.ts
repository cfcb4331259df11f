import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

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
      environment: 'happy-dom',
      setupFiles: ['fake-indexeddb/auto'],
      include: ['packages/sdk/src/**/*.test.ts'],
      testTimeout: 30_000,
    },
  },
]

export default defineConfig({ test: { projects } })
