import { defineConfig, type Options } from 'tsup'

const library: Options = { format: ['esm', 'cjs'], dts: true, target: 'es2022', removeNodeProtocol: false, clean: true }

export default defineConfig([
  {
    ...library,
    name: 'schemas',
    entry: ['packages/schemas/src/index.ts', 'packages/schemas/src/limits.ts'],
    outDir: 'packages/schemas/dist',
    external: ['zod'],
  },
  {
    ...library,
    name: 'sdk',
    entry: ['packages/sdk/src/index.ts'],
    outDir: 'packages/sdk/dist',
    external: ['ky', 'idb-keyval', 'uuid'],
    noExternal: [/^@tallymark\/schemas/],
    dts: { resolve: [/^@tallymark\/schemas/] },
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
    },
    outDir: 'packages/collector/dist',
    external: [/^[^./]/],
  },
])
