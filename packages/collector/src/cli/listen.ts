import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Collector } from '../collector.ts'
import { type Config, ConfigError } from '../config.ts'

export interface Listening {
  server: Server
  /** With the port that was really taken. */
  url: string
}

/** @throws {ConfigError} when the address cannot be listened on */
export async function listenOn({ app }: Collector, { host, port }: Config): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(explain(error, host, port))))
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  return { server, url: `http://${shown}:${address.port}` }
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `--port ${port}: another program listens there already`
  if (code === 'EACCES') return `--port ${port}: ports under 1024 need more rights than this process has`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `--host ${host}: this machine has no such address`
  return `--host ${host} --port ${port}: ${message}`
}
