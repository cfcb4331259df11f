import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Handler } from 'hono'
import { described, type Operation, text } from './operation.ts'

const require = createRequire(import.meta.url)

/** The files of the SDK's script build, which pages load from the collector's own origin. */
const scripts = {
  'tallymark.js': { id: 'getScript', summary: 'The SDK for a script tag' },
  'tallymark-delivery.js': { id: 'getScriptDelivery', summary: 'All of it that can wait, which it loads by itself' },
} satisfies Record<string, Pick<Operation, 'id' | 'summary'>>

export const scriptFiles = Object.keys(scripts) as (keyof typeof scripts)[]

/** `GET /tallymark.js` and the files that it loads from beside itself. */
export function scriptHandler(file: (typeof scriptFiles)[number]): Handler {
  const source = readFileSync(require.resolve(`@tallymark/sdk/${file}`), 'utf8')
  const answers = { 200: text('JavaScript', 'text/javascript') }
  return described({ ...scripts[file], tag: 'Pages', answers }, (c) =>
    c.body(source, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
      // Pages load it from any origin, as a script or as a module.
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    }),
  )
}
