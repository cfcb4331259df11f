import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The heads of requests that are still on their way in may take so much memory in all. */
const maxHeadBytes = 16 * 1024 * 1024
/** Often, for many heads together come fast. */
const sweepEveryMs = 50

interface Connection {
  /** The last request, and its answer, while that is under way. */
  current: { request: IncomingMessage; answer: ServerResponse } | undefined
  /** What had been read from it when its last answer was out: what came since belongs to a head. */
  readBefore: number
}

/** What is known of the connections of a server. */
export interface Connections {
  /**
   * Lets an answer go out to what could not be read: behind those to the requests before it, or in place of the one to
   * a request that was spoilt by it. Where that has begun already, the connection is cut.
   */
  whenFree(socket: Socket, answer: () => void): void
}

/**
 * Watches a server's connections, and bounds the memory of half-sent heads as `http/arrivals.ts` does that of bodies:
 * where they take too much, those whose connections are the oldest are cut.
 */
export function watchConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>()
  server.on('connection', (socket: Socket) => {
    open.set(socket, { current: undefined, readBefore: 0 })
    socket.once('close', () => open.delete(socket))
  })
  server.on('request', (request: IncomingMessage, answer: ServerResponse) => {
    const { socket } = request
    const connection = open.get(socket)
    if (!connection) return
    const current = { request, answer }
    connection.current = current
    const done = () => {
      // On a connection whose client does not wait for answers, the next request may have begun.
      if (connection.current === current) connection.current = undefined
      connection.readBefore = socket.bytesRead
    }
    // A refusal may be out before the body that nobody reads has come to its end.
    answer.once('close', () => (request.complete ? done() : request.once('close', done)))
  })
  const sweep = setInterval(() => cutOldestHeads(open), sweepEveryMs).unref()
  server.once('close', () => clearInterval(sweep))
  return {
    whenFree(socket, answer) {
      const current = open.get(socket)?.current
      if (!current) answer()
      else if (current.request.complete) current.answer.once('close', answer)
      else if (current.answer.headersSent) socket.destroy()
      else answer()
    },
  }
}

function cutOldestHeads(open: ReadonlyMap<Socket, Connection>): void {
  const heads = [...open]
    .filter(([, { current }]) => current === undefined)
    .map(([socket, { readBefore }]) => ({ socket, bytes: socket.bytesRead - readBefore }))
  let bytes = heads.reduce((sum, head) => sum + head.bytes, 0)
  for (const head of heads) {
    if (bytes <= maxHeadBytes) return
    if (head.bytes === 0) continue
    head.socket.destroy()
    bytes -= head.bytes
  }
}
