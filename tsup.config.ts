import { resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { writeGuides } from './scripts/guides.ts'

const library: Options = { format: ['esm', 'cjs'], dts: true, target: 'es2022', removeNodeProtocol: false, clean: true }

/** What the script build has in place of what only a bundle of the page's own would share. */
const inPlaceOf = (standIns: Record<string, string>): Options['esbuildPlugins'] => [
  {
    name: 'stand-ins',
    setup({ onResolve }) {
      for (const [module, standIn] of Object.entries(standIns)) {
        const filter = new RegExp(`^${module.replaceAll('.', '\\.')}$`)
        onResolve({ filter }, () => ({ path: resolve('packages/sdk/src', standIn) }))
      }
    },
  },
]

/** A file for a `<script>` element: everything is inside, nothing is resolved. */
const script: Options = {
  format: ['iife'],
  target: 'es2022',
  platform: 'browser',
  // Together they make it two in a hundred smaller than esbuild alone.
  minify: 'terser',
  terserOptions: {
    ecma: 2020,
    module: true,
    compress: { passes: 3, unsafe_arrows: true, unsafe_comps: true, hoist_funs: true, pure_getters: true, inline: 1 },
  },
  esbuildOptions(options) {
    options.minifySyntax = true
  },
  noExternal: [/./],
  outDir: 'packages/sdk/dist',
  outExtension: () => ({ js: '.js' }),
}

export default defineConfig([
  {
    ...library,
    name: 'schemas',
    entry: ['packages/schemas/src/index.ts', 'packages/schemas/src/limits.ts', 'packages/schemas/src/metrics.ts'],
    outDir: 'packages/schemas/dist',
    external: ['zod'],
  },
  {
    ...library,
    name: 'sdk',
    format: ['esm'],
    platform: 'browser',
    entry: ['packages/sdk/src/index.ts', 'packages/sdk/src/plugins/*.ts', '!**/*.test.ts'],
    outDir: 'packages/sdk/dist',
    external: ['ky', 'idb-keyval', 'uuid'],
    noExternal: [/^@tallymark\/schemas/],
    clean: false,
  },
  {
    ...library,
    name: 'sdk cjs',
    format: ['cjs'],
    platform: 'browser',
    entry: ['packages/sdk/src/index.ts', 'packages/sdk/src/plugins/*.ts', '!**/*.test.ts'],
    outDir: 'packages/sdk/dist',
    // ky and uuid are ESM only, and cannot be required.
    noExternal: [/./],
    clean: false,
  },
  {
    // Checks as the collector does, with the schemas' own code: for development, and apart from what pages load.
    ...library,
    name: 'sdk validate',
    platform: 'browser',
    entry: ['packages/sdk/src/validate.ts'],
    outDir: 'packages/sdk/dist',
    external: ['@tallymark/schemas'],
    clean: false,
  },
  {
    ...script,
    name: 'sdk script',
    entry: { tallymark: 'packages/sdk/src/script.ts' },
    esbuildPlugins: inPlaceOf({ uuid: 'ids-script.ts', './event-database.ts': 'event-database-script.ts' }),
  },
  {
    ...script,
    name: 'sdk script, delivery',
    entry: { 'tallymark-delivery': 'packages/sdk/src/delivery-script.ts' },
    esbuildPlugins: inPlaceOf({ './request.ts': 'request-script.ts' }),
  },
  {
    name: 'collector',
    format: ['esm'],
    dts: { entry: 'packages/collector/src/index.ts' },
    target: 'node22',
    removeNodeProtocol: false,
    clean: true,
    entry: {
      main: 'packages/collector/src/main.ts',
      index: 'packages/collector/src/index.ts',
      writer: 'packages/collector/src/store/sqlite/writer.ts',
      'read-thread': 'packages/collector/src/store/sqlite/read-thread.ts',
      'checkpoint-thread': 'packages/collector/src/store/sqlite/checkpoint-thread.ts',
      backup: 'packages/collector/src/store/sqlite/backup.ts',
    },
    outDir: 'packages/collector/dist',
    onSuccess: async () => writeGuides(),
    external: [/^[^./]/],
  },
])
