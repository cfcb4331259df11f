import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Handler } from 'hono'

const require = createRequire(import.meta.url)

/** The files of the SDK's script build, which pages load from the collector's own origin. */
export const scriptFiles = ['tallymark.js', 'tallymark-delivery.js', 'tallymark-extras.js'] as const

/** `GET /tallymark.js` and the files that it loads from beside itself. */
export function scriptHandler(file: (typeof scriptFiles)[number]): Handler {
  const source = readFileSync(require.resolve(`@tallymark/sdk/${file}`), 'utf8')
  return (c) =>
    c.body(source, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
      // Pages load it from any origin, as a script or as a module.
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    })
}
