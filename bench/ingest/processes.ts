/** The processes that are measured. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { heapFlags } from '../../packages/collector/src/cli/heap.ts'
import { reply } from '../reply.ts'
import type { Inserted } from './raw-insert.ts'
import type { Usage } from './server.ts'

export interface Folding {
  ms: number
  cpuUs: number
}

/** A server that runs. */
export interface UnderTest {
  port: number
  writeKey: string
  adminKey: string
  usage(): Promise<Usage>
  /** Waits until nothing is pending. */
  fold(): Promise<Folding>
  stop(): Promise<void>
}

const writeKey = 'tm_pub_bench-write-key'
const adminKey = 'tm_adm_bench-admin-key'

export async function startServer(kind: string, file: string, environment: readonly string[]): Promise<UnderTest> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url))
  const args = [kind, file, writeKey, adminKey, ...environment]
  // As `tallymark serve` starts itself.
  const execArgv = [...heapFlags]
  const server = fork(script, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv })
  const { port } = await reply<{ port: number }>(server)
  return {
    port,
    writeKey,
    adminKey,
    usage() {
      server.send('usage')
      return reply<Usage>(server)
    },
    fold() {
      server.send('fold')
      return reply<Folding>(server)
    },
    async stop() {
      const ended = once(server, 'exit')
      server.kill()
      await ended
    },
  }
}

export async function insertInLoop(file: string, seconds: number): Promise<Inserted> {
  const script = fileURLToPath(new URL('raw-insert.ts', import.meta.url))
  const loop = fork(script, [file, String(seconds)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(loop, 'exit')
  const inserted = await reply<Inserted>(loop)
  await ended
  return inserted
}
