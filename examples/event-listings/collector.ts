import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface CollectorOptions {
  /** The database; it is made where there is none. */
  file: string
  writeKey: string
  secretKey: string
  /** 0 takes any free one. */
  port: number
  /** `keep` counts programs that drive a browser, as in a test; default: they are stored, and not counted. */
  bots?: 'mark' | 'keep'
}

export interface RunningCollector {
  url: string
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<void>
  stop(): Promise<void>
}

const require = createRequire(import.meta.url)
const command = join(dirname(require.resolve('@tallymark/collector/package.json')), 'dist/main.js')
const plan = fileURLToPath(new URL('./plan.ts', import.meta.url))

/** Starts `tallymark serve` with this example's plan, and waits until it listens. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  const { file, writeKey, secretKey, port, bots = 'mark' } = options
  const settings = ['--plan', plan, '--db', file, '--port', String(port), '--bots', bots]
  const child = spawn(process.execPath, [command, 'serve', ...settings], {
    // In the environment, keys are not in the list of processes that everybody on this machine can read.
    env: { ...process.env, TALLYMARK_WRITE_KEY: writeKey, TALLYMARK_SECRET_KEY: secretKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))

  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /listens on (\S+)\s/.exec(said)?.[1]
      if (found) resolve(found)
    })
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`The collector did not start (exit code ${code}).`)))
  })
  return {
    url,
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
