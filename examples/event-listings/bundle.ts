import { dirname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = fileURLToPath(new URL('./site/main.ts', import.meta.url))

/** The site's scripts, by the path under which the page asks for them. They are made in memory, in a moment. */
export async function bundleScripts(): Promise<Map<string, string>> {
  const folder = dirname(entry)
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    // What the tracker needs with its first delivery stays in a file of its own, and is loaded then.
    splitting: true,
    minify: true,
    sourcemap: 'linked',
    write: false,
    // The packages as they are published, not the sources that this repository's compiler options point to.
    tsconfigRaw: {},
  })
  return new Map(outputFiles.map(({ path, text }) => [`/${relative(folder, path).split(sep).join('/')}`, text]))
}
