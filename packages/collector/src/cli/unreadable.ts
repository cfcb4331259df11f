import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type ProblemCode, problem } from '@tallymark/schemas'
import type { Connections } from './connections.ts'

/** What Node's HTTP parser finds wrong, as far as it is not simply no HTTP. */
const problems: Record<string, [ProblemCode, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request did not arrive in time: send it again'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'the headers or the URL are too large: ask for less at once'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['headers_too_large', 'the extensions of a chunk are too large'],
}

/** Told of every answer that the app was never asked for. */
export type OnUnread = (status: number, requestId: string) => void

/** Answers what cannot be read as HTTP, or did not arrive in time; no route is ever asked. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connections: Connections,
  onUnread: OnUnread,
): void {
  if (error.code === 'ECONNRESET') socket.destroy()
  else connections.whenFree(socket, () => refuse(error.code ?? '', socket, onUnread))
}

function refuse(reason: string, socket: Socket, onUnread: OnUnread): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const [code, detail] = problems[reason] ?? ['invalid_request', 'this is not an HTTP/1.1 request']
  const { status } = problem(code, detail)
  const body = JSON.stringify(problem(code, detail))
  const length = String(Buffer.byteLength(body))
  const head = Object.entries({ ...headersOf(status, onUnread), 'Content-Length': length, Connection: 'close' })
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head.map(([name, value]) => `${name}: ${value}`)]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** Answers a request whose target or Host makes no URL. */
export function answerUnfetchable(onUnread: OnUnread): Response {
  const body = problem('invalid_request', 'the request’s target and its Host header make no URL')
  return new Response(JSON.stringify(body), { status: body.status, headers: headersOf(body.status, onUnread) })
}

function headersOf(status: number, onUnread: OnUnread): Record<string, string> {
  const requestId = randomUUID()
  onUnread(status, requestId)
  return {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'private, no-store',
    'X-Request-Id': requestId,
  }
}
