import { createServer, type Server, type ServerOptions } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Collector } from '../collector.ts'
import { type Config, ConfigError } from '../config.ts'
import { startingUp } from '../http/starting-up.ts'
import { watchConnections } from './connections.ts'
import { answerUnfetchable, answerUnreadable, type OnUnread } from './unreadable.ts'

export interface Listening {
  server: Server
  /** With the port that was really taken. */
  url: string
  /** From now on the collector answers; before, everything is told to wait. */
  answerWith(collector: Pick<Collector, 'app' | 'unread'>): void
}

/** A counts request names up to 100 entities in its URL, each of up to 200 characters of any script. */
const maxHeaderBytes = 256 * 1024

/**
 * What a connection may cost. The times are long enough for a phone on a bad line, and short enough that whoever only
 * holds connections open must open them again and again.
 */
const serverOptions: ServerOptions = {
  maxHeaderSize: maxHeaderBytes,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  // Of a body that nobody reads yet, no more than this is taken from the network.
  highWaterMark: 16 * 1024,
}
const maxConnections = 10_000

/**
 * Takes the address before anything else is touched: a collector that cannot be reached makes no file and no keys.
 *
 * @throws {ConfigError} when the address cannot be listened on
 */
export async function listenOn({ host, port }: Config): Promise<Listening> {
  let answering: Pick<Collector, 'app' | 'unread'> = { app: startingUp(), unread: () => {} }
  const onUnread: OnUnread = (status, requestId) => answering.unread(status, requestId)
  const listener = getRequestListener((request, env) => answering.app.fetch(request, env), {
    errorHandler: () => answerUnfetchable(onUnread),
  })
  const server = createServer(serverOptions, listener)
  server.maxConnections = maxConnections
  const connections = watchConnections(server)
  server.on('clientError', (error, socket) => answerUnreadable(error, socket as Socket, connections, onUnread))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ConfigError(explain(error, host, port))))
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    server,
    url: `http://${shown}:${address.port}`,
    answerWith(collector) {
      answering = collector
    },
  }
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `--port ${port}: another program listens there already`
  if (code === 'EACCES') return `--port ${port}: ports under 1024 need more rights than this process has`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `--host ${host}: this machine has no such address`
  return `--host ${host} --port ${port}: ${message}`
}
