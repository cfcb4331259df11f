import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Store } from '@tallymark/collector'
import { heapFlags } from '../../packages/collector/src/cli/heap.ts'
import { reply } from '../reply.ts'

export interface Asked {
  path: string
  /** For those that are posted. */
  body?: unknown
  /** The same as a question to the store alone. */
  counts?: Parameters<Store['counts']>[0]
}

export interface Reply {
  status: number
  text: string
  ms: number
}

export interface RunningCollector {
  port: number
  /** Over HTTP, until the last byte is here. */
  ask(asked: Asked): Promise<Reply>
  /** Within its own process, without a socket, counts of the store alone: how many milliseconds it took. */
  askInside(asked: Asked): Promise<number>
  /** An answer as it comes. */
  stream(path: string): Promise<Response>
  /** The most memory that its process ever had. */
  peakRssBytes(): Promise<number>
  stop(): Promise<void>
}

const adminKey = 'tm_adm_bench-admin-key'
export const writeKey = 'tm_pub_bench-write-key'

export function toRequest({ body }: Asked, key: string): RequestInit {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  return body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
}

/** Starts the collector on a file, in a process of its own. */
export async function startCollector(file: string): Promise<RunningCollector> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url))
  // As `tallymark serve` starts itself.
  const execArgv = [...heapFlags]
  const server = fork(script, [file, adminKey, writeKey], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv })
  const { port } = await reply<{ port: number }>(server)
  return {
    port,
    async ask(asked) {
      const start = performance.now()
      const response = await fetch(`http://127.0.0.1:${port}${asked.path}`, toRequest(asked, adminKey))
      const text = await response.text()
      return { status: response.status, text, ms: performance.now() - start }
    },
    async askInside(asked) {
      server.send({ path: asked.path, body: asked.body, counts: asked.counts })
      return (await reply<{ ms: number }>(server)).ms
    },
    stream: (path) => fetch(`http://127.0.0.1:${port}${path}`, toRequest({ path }, adminKey)),
    async peakRssBytes() {
      server.send('memory')
      return (await reply<{ peakRssBytes: number }>(server)).peakRssBytes
    },
    async stop() {
      const ended = once(server, 'exit')
      server.disconnect()
      await ended
    },
  }
}
