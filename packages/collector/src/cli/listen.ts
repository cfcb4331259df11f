import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { problem } from '@tallymark/schemas'
import type { Collector } from '../collector.ts'
import { type Config, ConfigError } from '../config.ts'

type Fetch = Collector['app']['fetch']

export interface Listening {
  server: Server
  /** With the port that was really taken. */
  url: string
  /** From now on the collector answers; before, everything is told to wait. */
  answerWith(fetch: Fetch): void
}

/** A counts request names up to 100 entities in its URL, each of up to 200 characters of any script. */
const maxHeaderBytes = 256 * 1024

/**
 * Takes the address before anything else is touched: a collector that cannot be reached makes no file and no keys.
 *
 * @throws {ConfigError} when the address cannot be listened on
 */
export async function listenOn({ host, port }: Config): Promise<Listening> {
  let fetch: Fetch = startingUp
  const server = createAdaptorServer({
    fetch: (request, env) => fetch(request, env),
    serverOptions: { maxHeaderSize: maxHeaderBytes },
  }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(explain(error, host, port))))
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    server,
    url: `http://${shown}:${address.port}`,
    answerWith(collectorFetch) {
      fetch = collectorFetch
    },
  }
}

function startingUp(): Response {
  return new Response(JSON.stringify(problem('storage_unavailable', 'the collector is starting: send it again')), {
    status: 503,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'private, no-store', 'Retry-After': '1' },
  })
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `--port ${port}: another program listens there already`
  if (code === 'EACCES') return `--port ${port}: ports under 1024 need more rights than this process has`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `--host ${host}: this machine has no such address`
  return `--host ${host} --port ${port}: ${message}`
}
