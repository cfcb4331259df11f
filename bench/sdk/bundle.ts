import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { install } from '../install.ts'
import type { Tracker } from './trackers.ts'

/** A minified script and the chunks that it imports, at once or later, by their names. */
export type Files = ReadonlyMap<string, Uint8Array>

/** A tracker that can run. */
export interface Contestant {
  tracker: Tracker
  /** What an application loads that sets the tracker up and records one event. */
  application: Files
  /** The same with handles for the bench. */
  page: Files
}

export const entryName = 'entry.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function prepare(tracker: Tracker): Promise<Contestant> {
  const folder = tracker.package ? await install(tracker.id, tracker.package) : root
  const application = await bundle(applicationOf(tracker), folder)
  return { tracker, application, page: await bundle(pageOf(tracker), folder) }
}

/** A capture helper of this SDK, alone. */
export function bundlePlugin(name: string): Promise<Files> {
  return bundle(`export * from '@tallymark/sdk/${name}'`, root)
}

/** As an application is built: bundled and minified, with whatever is imported dynamically in chunks of its own. */
async function bundle(code: string, folder: string): Promise<Files> {
  const entry = join(folder, 'application.js')
  const application = await rolldown({
    input: entry,
    platform: 'browser',
    transform: { target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'application',
        load: (id) => (id === entry ? code : null),
        resolveId: (id) => (id === entry ? id : null),
      },
    ],
  })
  const { output } = await application.generate({
    format: 'es',
    minify: true,
    comments: { legal: false },
    entryFileNames: entryName,
  })
  return new Map(output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source)]))
}

const applicationOf = ({ imports, init, track }: Tracker) => `${imports}
  const url = 'https://collect.example.com', n = 0, marker = 'a', text = '', surfaces = ['explore']
  ${init}
  ${track}`

/** `start` sets the tracker up, `trackMany` records; both tell how many milliseconds that took. */
const pageOf = ({ imports, init, track }: Tracker) => `${imports}
  const url = globalThis.collectorUrl
  const surfaces = ['explore', 'explore_trending', 'search', 'profile']
  const record = (n, marker, text) => { ${track} }
  const letters = (length) => Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join('')
  globalThis.start = () => {
    const startedAt = performance.now()
    ${init}
    return performance.now() - startedAt
  }
  globalThis.trackMany = (type, count, { first = 0, bytes = 0 } = {}) => {
    const events = Array.from({ length: count }, (_, i) => {
      const n = first + i
      return [n, 'm-' + type + '-' + String(n).padStart(5, '0'), letters(bytes)]
    })
    const startedAt = performance.now()
    for (const [n, marker, text] of events) record(n, marker, text)
    return performance.now() - startedAt
  }`
