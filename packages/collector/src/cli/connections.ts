import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The heads of requests that are still on their way in may take so much memory in all. */
const maxHeadBytes = 16 * 1024 * 1024
/** Often, for many heads together come fast. */
const sweepEveryMs = 50

interface Connection {
  /** The answer under way. */
  answer: ServerResponse | undefined
  /** What had been read from it when its last answer was out: what came since belongs to a head. */
  readBefore: number
}

/** What is known of the connections of a server. */
export interface Connections {
  /** Whether an answer has begun on it that is not complete yet. */
  isAnswering(socket: Socket): boolean
}

/**
 * Watches a server's connections, and bounds the memory of half-sent heads as `http/arrivals.ts` does that of bodies:
 * where they take too much, those whose connections are the oldest are cut.
 */
export function watchConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>()
  server.on('connection', (socket: Socket) => {
    open.set(socket, { answer: undefined, readBefore: 0 })
    socket.once('close', () => open.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    const connection = open.get(socket)
    if (!connection) return
    connection.answer = answer
    answer.once('close', () => {
      connection.answer = undefined
      connection.readBefore = socket.bytesRead
    })
  })
  const sweep = setInterval(() => cutOldestHeads(open), sweepEveryMs).unref()
  server.once('close', () => clearInterval(sweep))
  return { isAnswering: (socket) => open.get(socket)?.answer?.headersSent === true }
}

function cutOldestHeads(open: ReadonlyMap<Socket, Connection>): void {
  const heads = [...open]
    .filter(([, { answer }]) => answer === undefined)
    .map(([socket, { readBefore }]) => ({ socket, bytes: socket.bytesRead - readBefore }))
  let bytes = heads.reduce((sum, head) => sum + head.bytes, 0)
  for (const head of heads) {
    if (bytes <= maxHeadBytes) return
    if (head.bytes === 0) continue
    head.socket.destroy()
    bytes -= head.bytes
  }
}
