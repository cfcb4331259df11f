/**
 * The whole example with one command: a collector, three weeks of history, and the site.
 *
 *     npm run demo -- [--port 4601] [--collector-port 4600] [--db FILE]
 *
 * Without --db the database is a temporary file, removed at the end.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startCollector } from './collector.ts'
import { freePort } from './free-port.ts'
import { seed } from './seed.ts'
import { startSite } from './server.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort())

/** What has to be undone at the end, the last first. */
const undo: (() => Promise<void>)[] = []

try {
  await run(readOptions())
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
} finally {
  for (const step of undo.reverse()) await step()
}

function readOptions() {
  const option = { type: 'string' as const }
  return parseArgs({ options: { port: option, 'collector-port': option, db: option } }).values
}

async function run(options: ReturnType<typeof readOptions>): Promise<void> {
  const file = options.db === undefined ? await temporaryFile() : resolve(options.db)
  // Of the file's own: a browser remembers what it saved by the key, and with another file none of that is true.
  const writeKey = `tm_pub_${createHash('sha256').update(file).digest('base64url').slice(0, 32)}`
  const secretKey = `tm_sec_${randomBytes(24).toString('base64url')}`

  const collector = await startCollector({
    file,
    writeKey,
    secretKey,
    port: await port(options['collector-port'], 4600),
  })
  undo.push(collector.stop)
  const { stored } = await seed(collector.url, secretKey)
  const site = await startSite({ endpoint: collector.url, writeKey, port: await port(options.port, 4601) })
  undo.push(site.stop)
  if (stopping.signal.aborted) return

  console.log(`
  Event listings   ${site.url}
  Collector        ${collector.url}
  Database         ${file}, ${stored} events of history added

  Save an event in the browser, then read the same counts yourself:
    curl "${collector.url}/v1/counts?entityType=event&entityId=blue-hour-quartet&key=${writeKey}"

  Ctrl-C stops it all.
`)
  await Promise.race([once(stopping.signal, 'abort'), collector.ended])
  if (!stopping.signal.aborted) throw new Error('The collector has stopped.')
}

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tallymark-demo-'))
  undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return join(folder, 'tallymark.db')
}

/** The port that was asked for; else the usual one, or any when something else is on it. */
async function port(asked: string | undefined, usual: number): Promise<number> {
  return asked === undefined ? freePort(usual) : Number(asked)
}
