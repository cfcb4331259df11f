import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Bundles a page's module as a site would, with the packages as they are published. Answers with the files to serve by
 * their names: `page.js`, and those that it loads later.
 *
 * @param besides other modules, by the specifiers that they are imported under
 */
export async function bundle(
  code: string,
  besides: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'ts', resolveDir: root, sourcefile: 'page.ts' },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    outdir: '/',
    entryNames: 'page',
    tsconfigRaw: {},
    plugins: [
      {
        name: 'besides',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\// }, ({ path, namespace }) => {
            if (namespace === 'besides' || besides.has(path)) return { path, namespace: 'besides' }
            return undefined
          })
          onLoad({ filter: /.*/, namespace: 'besides' }, ({ path }) => ({
            contents: besides.get(path) ?? '',
            loader: 'ts',
            resolveDir: root,
          }))
        },
      },
    ],
  })
  return new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]))
}
